import type { Labels } from './selector.ts';
import { type Expression, parseExpression, SelectorError } from './selector-parser.ts';

export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The LabelSelector that selects the same pods of a namespace as this selector of Calico. Null where there is none: only a
 * conjunction can be said in both.
 */
export function labelSelectorOf(text: string, namespace: string): LabelSelector | null {
  try {
    const parts = conjuncts(parseExpression(text))
      .filter((part) => !isTrueOfAllPods(part, namespace))
      .map(requirement);
    if (parts.some((part) => part === null)) return null;
    const equal = parts.flatMap((part) => (part && 'value' in part ? [[part.key, part.value] as const] : []));
    const matchLabels = Object.fromEntries(equal);
    const isContradiction = equal.some(([key, value]) => matchLabels[key] !== value);
    const matchExpressions = parts.flatMap((part) => (part && 'operator' in part ? [part] : []));
    return isContradiction ? null : { matchLabels, matchExpressions };
  } catch (error) {
    if (error instanceof SelectorError) return null;
    throw error;
  }
}

const conjuncts = (expression: Expression): readonly Expression[] =>
  expression.op === 'and' ? expression.of.flatMap(conjuncts) : [expression];

function isTrueOfAllPods(part: Expression, namespace: string): boolean {
  if (part.op === 'all') return true;
  if (part.op !== '==') return false;
  return (
    (part.label === 'projectcalico.org/namespace' && part.value === namespace) ||
    (part.label === 'projectcalico.org/orchestrator' && part.value === 'k8s')
  );
}

type Requirement =
  | { readonly key: string; readonly value: string }
  | { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

function requirement(part: Expression): Requirement | null {
  // Labels that Calico adds are not labels of the pod object.
  if ('label' in part && /^(pcns\.|pcsa\.|projectcalico\.org\/)/.test(part.label)) return null;
  switch (part.op) {
    case '==':
      return { key: part.label, value: part.value };
    case '!=':
      return { key: part.label, operator: 'NotIn', values: [part.value] };
    case 'in':
    case 'notin':
      if (part.values.length === 0) return null;
      return { key: part.label, operator: part.op === 'in' ? 'In' : 'NotIn', values: part.values };
    case 'has':
      return { key: part.label, operator: 'Exists' };
    case 'not': {
      const inner = part.of.op === 'has' ? requirement(part.of) : null;
      return inner && { key: inner.key, operator: 'DoesNotExist' };
    }
    default:
      return null;
  }
}
