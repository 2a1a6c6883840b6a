import { has, type Json, record, records, strings } from './read.ts';
import type { Labels, Selector } from './selector.ts';

/** Kubernetes' LabelSelector: the empty one selects everything. Null when it cannot be understood. */
export function labelSelector(selector: Json): Selector | null {
  const wanted = Object.entries(record(selector.matchLabels));
  const expressions = records(selector.matchExpressions).map(expression);
  if (expressions.some((each) => each === null)) return null;
  return (labels) =>
    wanted.every(([key, value]) => labelValue(labels, key) === value) &&
    expressions.every((test) => test?.(labels) === true);
}

const labelValue = (labels: Labels, key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);

function expression(json: Json): Selector | null {
  const key = typeof json.key === 'string' ? json.key : null;
  const values = strings(json.values);
  if (key === null || !has(json, 'operator')) return null;
  switch (json.operator) {
    case 'Exists':
      return (labels) => labelValue(labels, key) !== undefined;
    case 'DoesNotExist':
      return (labels) => labelValue(labels, key) === undefined;
    case 'In':
      return (labels) => values.includes(labelValue(labels, key) ?? '\0');
    case 'NotIn':
      return (labels) => !values.includes(labelValue(labels, key) ?? '\0');
    default:
      return null;
  }
}
