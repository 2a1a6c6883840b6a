import { keysOf, labelSelector } from './labels.ts';
import type { Endpoint } from './model.ts';
import type { Json } from './read.ts';
import { inherited, type Labels, labelsIn, type Selector, selectorOf } from './selector.ts';
import { parseExpression, SelectorError } from './selector-parser.ts';

/** Whether a policy selects an endpoint; an object says why that cannot be told. */
export type Selection = 'yes' | 'no' | { readonly doubt: string };

export type Criterion = (endpoint: Endpoint) => Selection;

const unreadLabels = {
  namespace: { doubt: 'it selects by labels of the namespace, which were not read' },
  account: { doubt: 'it selects by labels of the service account, which were not read' },
} as const;

/** All must agree; a sure no outweighs a doubt. */
export function allOf(criteria: readonly Criterion[]): Criterion {
  return (endpoint) => {
    const answers = criteria.map((each) => each(endpoint));
    if (answers.includes('no')) return 'no';
    return answers.find((each) => typeof each === 'object') ?? 'yes';
  };
}

export const inNamespace =
  (namespace: string): Criterion =>
  (endpoint) =>
    endpoint.namespace === namespace ? 'yes' : 'no';

const unreadable: Criterion = () => ({ doubt: 'its label selector cannot be understood' });
const answer = (isSelected: boolean): Selection => (isSelected ? 'yes' : 'no');

export function byPodLabels(selector: Json): Criterion {
  const test = labelSelector(selector);
  return test ? (endpoint) => answer(test(endpoint.podLabels)) : unreadable;
}

export function byNamespaceLabels(selector: Json): Criterion {
  const test = labelSelector(selector);
  if (!test) return unreadable;
  // The name is a label of every namespace, read or not.
  const isKnownAnyway = keysOf(selector).every((key) => key === 'kubernetes.io/metadata.name');
  return (endpoint) =>
    isKnownAnyway || endpoint.knows.namespace ? answer(test(endpoint.namespaceLabels)) : unreadLabels.namespace;
}

export interface ReadSelector {
  readonly test: Selector;
  readonly labels: readonly string[];
  readonly doubt: string | null;
}

export const isEmpty = (text: unknown): boolean => typeof text !== 'string' || text === '';

/** A selector of Calico, `pcns.` or `pcsa.` put before its labels where it is one of namespaces or service accounts. */
export function readSelector(text: unknown, prefix?: 'pcns.' | 'pcsa.'): ReadSelector {
  if (typeof text !== 'string' || text === '') return { test: () => true, labels: [], doubt: null };
  try {
    const parsed = parseExpression(text);
    const expression = prefix ? inherited(prefix, parsed) : parsed;
    return { test: selectorOf(expression), labels: labelsIn(expression), doubt: null };
  } catch (error) {
    if (error instanceof SelectorError) return { test: () => true, labels: [], doubt: error.message };
    throw error;
  }
}

const inheritedByName = [
  'pcns.projectcalico.org/name',
  'pcns.kubernetes.io/metadata.name',
  'pcsa.projectcalico.org/name',
];

export function byCalicoLabels({ test, labels, doubt }: ReadSelector): Criterion {
  const asked = labels.filter((label) => !inheritedByName.includes(label));
  return ({ knows, labels: own }) => {
    if (doubt !== null) return { doubt };
    if (!knows.namespace && asked.some((label) => label.startsWith('pcns.'))) return unreadLabels.namespace;
    if (!knows.account && asked.some((label) => label.startsWith('pcsa.'))) return unreadLabels.account;
    return answer(test(own));
  };
}

/** The labels of a namespace, as its endpoints inherit them. */
export function namespaceLabelsIn(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (key.startsWith('pcns.') ? [[key.slice(5), value]] : [])),
  );
}
