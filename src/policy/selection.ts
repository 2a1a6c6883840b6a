import { readLabelSelector } from './labels.ts';
import type { Bearer } from './model.ts';
import { inherited, labelsIn, labelValue, type Selector, selectorOf } from './selector.ts';
import { type Expression, parseExpression, SelectorError } from './selector-parser.ts';

/** Whether somebody is selected; an object says why that cannot be told. */
export type Selection = 'yes' | 'no' | { readonly doubt: string };

export type Criterion = (bearer: Bearer) => Selection;

/** A label that whoever is selected bears, with this value: what thousands of policies can be sorted by. */
export interface Need {
  readonly label: string;
  readonly value: string;
}

const needs = new WeakMap<Criterion, readonly Need[]>();

export const needsOf = (criterion: Criterion): readonly Need[] => needs.get(criterion) ?? [];

/** All must agree; a sure no outweighs a doubt. */
export function allOf(criteria: readonly Criterion[]): Criterion {
  const [only] = criteria;
  if (only && criteria.length === 1) return only;
  const criterion: Criterion = (bearer) => {
    let found: Selection = 'yes';
    for (const each of criteria) {
      const answer = each(bearer);
      if (answer === 'no') return 'no';
      if (answer !== 'yes' && found === 'yes') found = answer;
    }
    return found;
  };
  needs.set(criterion, criteria.flatMap(needsOf));
  return criterion;
}

export const inNamespace =
  (namespace: string): Criterion =>
  (bearer) =>
    bearer.namespace === namespace ? 'yes' : 'no';

export const doubted = (doubt: string): Criterion => {
  const answer = { doubt };
  return () => answer;
};

/** Why it is not known whether somebody bears a label; null where it is. */
export function whyUnknown(label: string, { labels, unknown }: Bearer): string | null {
  if (unknown.length === 0 || Object.hasOwn(labels, label)) return null;
  const which = unknown.find((each) => each === '' || each === label || (each.endsWith('.') && label.startsWith(each)));
  if (which === undefined) return null;
  if (which === '') return 'it selects by labels of a pod, which cannot be read';
  if (which === 'pcns.') return 'it selects by labels of the namespace, which were not read';
  if (which === 'pcsa.') return 'it selects by labels of the service account, which were not read';
  return `it selects by label ${label}, whose value its controller chooses for each pod`;
}

function isKnownToDiffer({ label, value }: Need, bearer: Bearer): boolean {
  const own = labelValue(bearer.labels, label);
  return own === undefined ? whyUnknown(label, bearer) === null : own !== value;
}

function byLabels(test: Selector, asked: readonly string[], needed: readonly Need[]): Criterion {
  const criterion: Criterion = (bearer) => {
    if (bearer.unknown.length > 0) {
      // What is known to differ decides, whatever else is not known.
      if (needed.some((need) => isKnownToDiffer(need, bearer))) return 'no';
      for (const label of asked) {
        const doubt = whyUnknown(label, bearer);
        if (doubt !== null) return { doubt };
      }
    }
    return test(bearer.labels) ? 'yes' : 'no';
  };
  needs.set(criterion, needed);
  return criterion;
}

function needsIn(expression: Expression): Need[] {
  if (expression.op === 'and') return expression.of.flatMap(needsIn);
  return expression.op === '==' ? [{ label: expression.label, value: expression.value }] : [];
}

const unreadable = doubted('its label selector cannot be understood');

/** A LabelSelector of Kubernetes; `pcns.` put before its labels where it is one of namespaces. */
export function byLabelSelector(selector: unknown, prefix: '' | 'pcns.' = ''): Criterion {
  const read = readLabelSelector(selector, prefix);
  return read ? byLabels(read.test, read.labels, read.needs) : unreadable;
}

const isPodOfKubernetes: Criterion = ({ labels }) =>
  labels['projectcalico.org/orchestrator'] === 'k8s' ? 'yes' : 'no';

/** Pods by their labels and those of their namespace: network sets may bear any label and are no pods. */
export function pods(podSelector: unknown, namespaceSelector: unknown): Criterion {
  return allOf([isPodOfKubernetes, byLabelSelector(podSelector), byLabelSelector(namespaceSelector, 'pcns.')]);
}

export const isEmpty = (text: unknown): boolean => text === undefined || text === null || text === '';
const isBlank = (text: unknown): boolean => typeof text === 'string' && text !== '' && /^[ \t]*$/.test(text);

/**
 * A selector of Calico, `pcns.` or `pcsa.` put before its labels where it is one of namespaces or service accounts. One of
 * blanks only is valid alone, and breaks where Calico puts another beside it.
 */
export function bySelector(text: unknown, prefix: '' | 'pcns.' | 'pcsa.', isAlone: boolean): Criterion {
  if (isEmpty(text)) return () => 'yes';
  if (typeof text !== 'string') return doubted('its selector is not text');
  if (isBlank(text) && !isAlone) return doubted('its selector holds only blanks, which breaks what Calico makes of it');
  try {
    const parsed = parseExpression(text);
    const expression = prefix === '' ? parsed : inherited(prefix, parsed);
    return byLabels(selectorOf(expression), labelsIn(expression), needsIn(expression));
  } catch (error) {
    if (error instanceof SelectorError) return doubted(error.message);
    throw error;
  }
}
