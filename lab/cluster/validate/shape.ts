import { isFields } from '../json.ts';

/** Which members a kind has, as far as its schema is written down here; `any` is not looked into. */
export type Shape =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'any'
  | 'int-or-string'
  | 'labels'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

export interface Mistyped {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly value: unknown;
}

export interface Inspection {
  /** The value without the members that no schema knows: the API server drops them. */
  readonly pruned: unknown;
  readonly unknown: readonly string[];
  readonly mistyped: readonly Mistyped[];
  readonly missing: readonly string[];
}

const strings: Shape = { list: 'string' };

export const labelSelectorShape: Shape = {
  fields: {
    matchLabels: 'labels',
    matchExpressions: { list: { fields: { key: 'string', operator: 'string', values: strings } } },
  },
};

export const metadataShape: Shape = {
  fields: {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: 'labels',
    annotations: 'labels',
    finalizers: strings,
    ownerReferences: { list: 'any' },
    managedFields: { list: 'any' },
    uid: 'string',
    resourceVersion: 'string',
    selfLink: 'string',
    generation: 'integer',
    creationTimestamp: 'any',
    deletionTimestamp: 'any',
    deletionGracePeriodSeconds: 'integer',
  },
};

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return value === null ? 'null' : typeof value;
}

function isA(value: unknown, shape: Exclude<Shape, object>): boolean {
  switch (shape) {
    case 'any':
      return true;
    case 'integer':
      return Number.isInteger(value);
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'labels':
      return isFields(value) && Object.values(value).every((item) => typeof item === 'string');
    default:
      return typeof value === shape;
  }
}

const expectedName = (shape: Shape): string => {
  if (typeof shape === 'object') return 'list' in shape ? 'array' : 'object';
  return shape === 'labels' ? 'object' : shape;
};

export function inspect(value: unknown, shape: Shape, path = ''): Inspection {
  const good = { unknown: [], mistyped: [], missing: [] };
  const wrong = {
    ...good,
    pruned: value,
    mistyped: [{ path, expected: expectedName(shape), found: nameOf(value), value }],
  };
  // In JSON that clients send, null means that the member is absent.
  if (value === null) return { ...good, pruned: undefined };
  if (typeof shape === 'string') return isA(value, shape) ? { ...good, pruned: value } : wrong;

  if ('list' in shape) {
    if (!Array.isArray(value)) return wrong;
    const items = value.map((item, index) => inspect(item, shape.list, `${path}[${index}]`));
    return { ...gathered(items), pruned: items.map(({ pruned }) => pruned) };
  }
  if (!isFields(value)) return wrong;

  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const pruned: Record<string, unknown> = {};
  const unknown: string[] = [];
  const inner: Inspection[] = [];
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (known === undefined) {
      unknown.push(at(name));
      continue;
    }
    const inspected = inspect(member, known, at(name));
    inner.push(inspected);
    if (inspected.pruned !== undefined) pruned[name] = inspected.pruned;
  }
  const missing = (shape.required ?? []).filter((name) => !(name in pruned)).map(at);
  const all = gathered(inner);
  return {
    pruned,
    unknown: [...unknown, ...all.unknown],
    mistyped: all.mistyped,
    missing: [...missing, ...all.missing],
  };
}

function gathered(all: readonly Inspection[]) {
  return {
    unknown: all.flatMap(({ unknown }) => unknown),
    mistyped: all.flatMap(({ mistyped }) => mistyped),
    missing: all.flatMap(({ missing }) => missing),
  };
}
