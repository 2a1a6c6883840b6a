import { type Expression, parseExpression } from './selector-parser.ts';

/** Labels of one endpoint. */
export type Labels = Readonly<Record<string, string>>;
export type Selector = (labels: Labels) => boolean;

export const namespaceLabel = 'projectcalico.org/namespace';

/** Own labels only: `constructor` is no label of anybody who does not bear it. */
export const labelValue = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

/** An absent label fails every comparison but `!=` and `not in`. */
export function selectorOf(expression: Expression): Selector {
  switch (expression.op) {
    case 'all':
      return () => true;
    case 'global':
      return (labels) => labelValue(labels, namespaceLabel) === undefined;
    case 'has':
      return (labels) => labelValue(labels, expression.label) !== undefined;
    case '==':
      return (labels) => labelValue(labels, expression.label) === expression.value;
    case '!=':
      return (labels) => labelValue(labels, expression.label) !== expression.value;
    case 'contains':
      return (labels) => labelValue(labels, expression.label)?.includes(expression.value) ?? false;
    case 'startswith':
      return (labels) => labelValue(labels, expression.label)?.startsWith(expression.value) ?? false;
    case 'endswith':
      return (labels) => labelValue(labels, expression.label)?.endsWith(expression.value) ?? false;
    case 'in':
    case 'notin': {
      const { label, values, op } = expression;
      return (labels) => {
        const value = labelValue(labels, label);
        return (value !== undefined && values.includes(value)) === (op === 'in');
      };
    }
    case 'not': {
      const test = selectorOf(expression.of);
      return (labels) => !test(labels);
    }
    case 'and':
    case 'or': {
      const tests = expression.of.map(selectorOf);
      return expression.op === 'and'
        ? (labels) => tests.every((test) => test(labels))
        : (labels) => tests.some((test) => test(labels));
    }
  }
}

/** Calico's selector grammar. @throws SelectorError */
export function parseSelector(text: string): Selector {
  return selectorOf(parseExpression(text));
}

export function labelsIn(expression: Expression): string[] {
  if ('label' in expression) return [expression.label];
  if (expression.op === 'not') return labelsIn(expression.of);
  return 'of' in expression ? expression.of.flatMap(labelsIn) : [];
}

/**
 * A namespace or service account selector, in terms of the labels that endpoints inherit. In one, `all()` means every
 * namespaced endpoint (libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go).
 */
export function inherited(prefix: 'pcns.' | 'pcsa.', expression: Expression): Expression {
  if (expression.op === 'all' && prefix === 'pcns.') return { op: 'has', label: namespaceLabel };
  if ('label' in expression) return { ...expression, label: `${prefix}${expression.label}` };
  if (expression.op === 'not') return { op: 'not', of: inherited(prefix, expression.of) };
  return 'of' in expression ? { ...expression, of: expression.of.map((part) => inherited(prefix, part)) } : expression;
}
