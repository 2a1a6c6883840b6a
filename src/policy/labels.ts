import { has, type Json, record, records, strings } from './read.ts';
import { type Labels, labelValue, type Selector } from './selector.ts';

/** Kubernetes' LabelSelector: the empty one selects everything. Null when it cannot be understood. */
export function labelSelector(selector: Json): Selector | null {
  const wanted = Object.entries(record(selector.matchLabels));
  const expressions = records(selector.matchExpressions).map(expression);
  if (expressions.some((each) => each === null) || wanted.some(([, value]) => typeof value !== 'string')) return null;
  return (labels) =>
    wanted.every(([key, value]) => labelValue(labels, key) === value) &&
    expressions.every((test) => test?.(labels) === true);
}

/** The labels that a LabelSelector asks for. */
export function keysOf(selector: Json): string[] {
  const keys = records(selector.matchExpressions).map(({ key }) => String(key));
  return [...Object.keys(record(selector.matchLabels)), ...keys];
}

function expression(json: Json): Selector | null {
  const key = typeof json.key === 'string' ? json.key : null;
  const values = strings(json.values);
  if (key === null || !has(json, 'operator')) return null;
  const isAmong = (labels: Labels) => {
    const value = labelValue(labels, key);
    return value !== undefined && values.includes(value);
  };
  switch (json.operator) {
    case 'Exists':
      return (labels) => labelValue(labels, key) !== undefined;
    case 'DoesNotExist':
      return (labels) => labelValue(labels, key) === undefined;
    case 'In':
      return isAmong;
    case 'NotIn':
      return (labels) => !isAmong(labels);
    default:
      return null;
  }
}
