import type { KubeObject } from '../contract.ts';
import { fieldsOf, textOf } from './json.ts';
import { badRequest } from './status.ts';

export type Matches = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

const key = '(?:[a-zA-Z0-9.-]+/)?[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?';
const value = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?)?';
const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*(${value})$`);
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const existence = new RegExp(`^(!?)\\s*(${key})$`);

function requirement(text: string): (labels: Labels) => boolean {
  const [, equalKey, operator, wanted] = equality.exec(text) ?? [];
  if (equalKey !== undefined) {
    return (labels) => (labels[equalKey] === wanted) === (operator !== '!=');
  }
  const [, setKey, set, inside = ''] = membership.exec(text) ?? [];
  if (setKey !== undefined) {
    const values = inside.split(',').map((item) => item.trim());
    return (labels) => values.includes(labels[setKey] ?? '\u0000') === (set === 'in');
  }
  const [, not, bareKey] = existence.exec(text) ?? [];
  if (bareKey !== undefined) return (labels) => Object.hasOwn(labels, bareKey) === (not === '');
  throw badRequest(`unable to parse requirement: found '${text}', expected: a label selector`);
}

/** @throws Refusal 400 for what the API server cannot parse */
export function labelSelector(text: string | null): Matches {
  if (!text?.trim()) return () => true;
  const requirements = text.split(/,(?![^()]*\))/).map((part) => requirement(part.trim()));
  return ({ metadata }) => requirements.every((isMet) => isMet(metadata.labels ?? {}));
}

/** Which fields each kind can be selected by, beside name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.fieldPath',
    'reason',
    'type',
  ],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
};

function fieldAt(object: KubeObject, path: string): string {
  let at: unknown = object;
  for (const part of path.split('.')) at = fieldsOf(at)[part];
  return textOf(at) ?? (typeof at === 'boolean' ? String(at) : '');
}

/** @throws Refusal 400 for a field that this kind does not index */
export function fieldSelector(text: string | null, kind: string): Matches {
  if (!text?.trim()) return () => true;
  const terms = text.split(',').map((term) => {
    const [, path, operator, wanted] = /^\s*([^=!\s]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term) ?? [];
    if (path === undefined || wanted === undefined) {
      throw badRequest(`unable to parse field selector: invalid selector: '${term}'; can't understand '${term}'`);
    }
    if (path !== 'metadata.name' && path !== 'metadata.namespace' && !selectable[kind]?.includes(path)) {
      throw badRequest(`field label not supported: ${path}`);
    }
    return (object: KubeObject) => (fieldAt(object, path) === wanted) === (operator !== '!=');
  });
  return (object) => terms.every((isMet) => isMet(object));
}
