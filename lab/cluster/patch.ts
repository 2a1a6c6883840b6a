import { type Fields, fieldsOf, isFields, isSame, listOf, textOf } from './json.ts';
import { badRequest, failure } from './status.ts';

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = { ...fieldsOf(target) };
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], change);
  }
  return merged;
}

interface Step {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~');

function stepOf(value: unknown): Step {
  const fields = fieldsOf(value);
  const op = textOf(fields.op);
  const path = textOf(fields.path);
  if (op === undefined || path === undefined) throw badRequest('error decoding patch: op and path are required');
  return { op, path, value: fields.value };
}

function refused(step: Step, why: string) {
  return failure(
    422,
    `the server rejected our request due to an error in our request: ${step.op} ${step.path}: ${why}`,
    {
      reason: 'Invalid',
      details: {},
    },
  );
}

function changed(target: unknown, tokens: readonly string[], step: Step): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return step.value;
  if (Array.isArray(target)) {
    const index = token === '-' ? target.length : Number(token);
    const isLast = rest.length === 0;
    if (!Number.isInteger(index) || index < 0 || index > target.length) throw refused(step, 'index out of range');
    if (isLast && step.op === 'add') return target.toSpliced(index, 0, step.value);
    if (index === target.length) throw refused(step, 'no such element');
    if (isLast && step.op === 'remove') return target.toSpliced(index, 1);
    return target.with(index, isLast ? step.value : changed(target[index], rest, step));
  }
  if (!isFields(target)) throw refused(step, 'doc is missing path');
  const copy: Record<string, unknown> = { ...target };
  if (rest.length > 0) {
    copy[token] = changed(target[token], rest, step);
    return copy;
  }
  if (step.op !== 'add' && !(token in target)) throw refused(step, 'doc is missing key');
  if (step.op === 'remove') delete copy[token];
  else copy[token] = step.value;
  return copy;
}

function valueAt(target: unknown, tokens: readonly string[]): unknown {
  return tokens.reduce<unknown>((at, token) => (Array.isArray(at) ? at[Number(token)] : fieldsOf(at)[token]), target);
}

/** RFC 6902 without `move` and `copy`. */
export function jsonPatch(target: Fields, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest('json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
  }
  return listOf(patch).reduce<unknown>((document, raw) => {
    const step = stepOf(raw);
    const tokens = step.path.split('/').slice(1).map(unescaped);
    if (step.op === 'test') {
      if (!isSame(valueAt(document, tokens), step.value)) throw refused(step, 'testing value failed');
      return document;
    }
    if (!['add', 'replace', 'remove'].includes(step.op)) throw refused(step, 'unexpected kind');
    return changed(document, tokens, step);
  }, target);
}
