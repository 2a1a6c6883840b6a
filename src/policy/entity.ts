import { has, type Json, record, strings } from './read.ts';
import { isEmpty, readSelector } from './selection.ts';
import { type Labels, namespaceLabel, type Selector } from './selector.ts';

/** Whom the labels in one end of a Calico rule mean. */
export interface Entity {
  readonly selects: Selector | null;
  readonly excludes: Selector | null;
  readonly doubt: string | null;
}

/** selector, notSelector, namespaceSelector and serviceAccounts of an EntityRule, in a policy of this namespace or global. */
export function entityOf(rule: Json, namespace: string | null): Entity {
  const accounts = record(rule.serviceAccounts);
  const own = readSelector(rule.selector);
  const not = readSelector(rule.notSelector);
  const byNamespace = readSelector(rule.namespaceSelector, 'pcns.');
  const byAccount = readSelector(accounts.selector, 'pcsa.');
  const names = strings(accounts.names);

  const hasOwn = !isEmpty(rule.selector) || has(rule, 'serviceAccounts');
  const isConfined = namespace !== null && isEmpty(rule.namespaceSelector) && (hasOwn || !isEmpty(rule.notSelector));
  const isPositive = hasOwn || isConfined || !isEmpty(rule.namespaceSelector);
  const selects = (labels: Labels) =>
    own.test(labels) &&
    byNamespace.test(labels) &&
    byAccount.test(labels) &&
    (names.length === 0 || names.includes(labels['projectcalico.org/serviceaccount'] ?? '')) &&
    (!isConfined || labels[namespaceLabel] === namespace);
  const doubt = [own, not, byNamespace, byAccount].find((each) => each.doubt !== null)?.doubt ?? null;
  if (doubt !== null) return { selects: null, excludes: null, doubt };
  return { selects: isPositive ? selects : null, excludes: isEmpty(rule.notSelector) ? null : not.test, doubt };
}
