import { faultIn, type Json, record, records, strings } from './read.ts';
import { labelValue, type Selector } from './selector.ts';

export interface ReadLabels {
  readonly test: Selector;
  /** The labels that it asks for. */
  readonly labels: readonly string[];
  /** The values that it asks for by name. */
  readonly needs: readonly { readonly label: string; readonly value: string }[];
}

const values = { key: 'string', operator: 'string', values: 'strings' } as const;

/**
 * Kubernetes' LabelSelector: the empty one selects everything. Null when it cannot be understood. With a prefix it asks for
 * inherited labels.
 */
export function readLabelSelector(selector: unknown, prefix = ''): ReadLabels | null {
  if (faultIn(selector, { matchLabels: 'object', matchExpressions: 'objects' }, '') !== null) return null;
  const { matchLabels, matchExpressions } = record(selector);
  const wanted = Object.entries(record(matchLabels)).map(([key, value]) => [`${prefix}${key}`, value] as const);
  const expressions = records(matchExpressions).map((each) => expression(each, prefix));
  if (expressions.some((each) => each === null) || wanted.some(([, value]) => typeof value !== 'string')) return null;
  return {
    test: (labels) =>
      wanted.every(([key, value]) => labelValue(labels, key) === value) &&
      expressions.every((each) => each?.test(labels) === true),
    // Each value was seen to be text.
    needs: wanted.map(([label, value]) => ({ label, value: String(value) })),
    labels: [...wanted.map(([key]) => key), ...expressions.flatMap((each) => each?.key ?? [])],
  };
}

export function labelSelector(selector: unknown): Selector | null {
  return readLabelSelector(selector)?.test ?? null;
}

function expression(json: Json, prefix: string): { readonly key: string; readonly test: Selector } | null {
  if (typeof json.key !== 'string' || faultIn(json, values, '') !== null) return null;
  const key = `${prefix}${json.key}`;
  const among = new Set(strings(json.values));
  const isAmong: Selector = (labels) => {
    const value = labelValue(labels, key);
    return value !== undefined && among.has(value);
  };
  const exists: Selector = (labels) => labelValue(labels, key) !== undefined;
  // The API server wants values for the one kind, and none for the other.
  switch (json.operator) {
    case 'Exists':
      return among.size === 0 ? { key, test: exists } : null;
    case 'DoesNotExist':
      return among.size === 0 ? { key, test: (labels) => !exists(labels) } : null;
    case 'In':
      return among.size > 0 ? { key, test: isAmong } : null;
    case 'NotIn':
      return among.size > 0 ? { key, test: (labels) => !isAmong(labels) } : null;
    default:
      return null;
  }
}
