import type { KubeObject } from '../../contract.ts';
import { type Fields, fieldsOf, isFields, textOf } from '../json.ts';
import { groupVersionOf, type Resource } from '../resources.ts';
import { badRequest, type Cause, invalid } from '../status.ts';
import { requiredValue } from './cause.ts';
import { objectShape, rulesOf } from './kinds.ts';
import { metadataProblems } from './metadata.ts';
import { inspect, type Mistyped } from './shape.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface Prepared {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

const unchecked: Cause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

function refusedTypes(resource: Resource, name: string, mistyped: readonly Mistyped[]) {
  const [first] = mistyped;
  if (!resource.isCustom) {
    const what = `json: cannot unmarshal ${first?.found} into Go struct field ${resource.kind}.${first?.path} of type ${first?.expected}`;
    return badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${what}`,
    );
  }
  const causes = mistyped.map(({ path, expected, found }) => ({
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: "${found}": ${path} in body must be of type ${expected}: "${found}"`,
    field: path,
  }));
  return invalid(resource, name, [...causes, unchecked]);
}

/** Decodes, prunes, defaults and validates, in the API server's order; throws its refusals. */
export function prepare(resource: Resource, sent: unknown, validation: FieldValidation): Prepared {
  if (!isFields(sent)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  const expected = groupVersionOf(resource);
  const apiVersion = textOf(sent.apiVersion) ?? (resource.isCustom ? '' : expected);
  const kind = textOf(sent.kind) ?? (resource.isCustom ? '' : resource.kind);
  if (kind === '') throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(sent)}'`);
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kind !== resource.kind) {
    throw badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`);
  }

  const { pruned, unknown, mistyped, missing } = inspect(sent, objectShape(resource, sent));
  const unknownTexts = unknown.map((path) => `unknown field "${path}"`);
  if (validation === 'Strict' && unknownTexts.length > 0) {
    throw badRequest(`strict decoding error: ${unknownTexts.join(', ')}`);
  }
  const fields = fieldsOf(pruned);
  const metadata = fieldsOf(fields.metadata);
  const name = textOf(metadata.name) ?? '';
  if (mistyped.length > 0) throw refusedTypes(resource, name, mistyped);

  const rules = rulesOf(resource);
  const hasSpec = isFields(fields.spec);
  const causes: Cause[] = [...metadataProblems(metadata), ...missing.map((path) => requiredValue(path))];
  if (rules.isSpecRequired && !hasSpec) causes.push(requiredValue('spec'));
  const spec = hasSpec || !resource.isCustom ? rules.defaulted(fieldsOf(fields.spec)) : undefined;
  const isExamined = rules.shape !== 'any';
  const found = spec && isExamined ? rules.problems(spec, name) : [];
  causes.push(...found);
  if (causes.length > 0)
    throw invalid(resource, name, resource.isCustom && found.length > 0 ? [...causes, unchecked] : causes);

  const object: KubeObject = {
    ...fields,
    apiVersion: expected,
    kind,
    metadata: { ...metadata, name },
    ...(spec && (hasSpec || isExamined) ? { spec } : {}),
  };
  const warnings = [...(validation === 'Warn' ? unknownTexts : []), ...(spec ? rules.warnings(spec) : [])];
  return { object, warnings };
}

const quoted = (text: string) => JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, '?');

/** A header holds no character beyond ASCII, whatever a field is called. */
export function warningHeaders(warnings: readonly string[]): Fields & Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 - ${quoted(text)}`).join(', ') };
}
