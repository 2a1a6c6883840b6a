import { has, type Json, record, strings } from './read.ts';
import { allOf, bySelector, type Criterion, inNamespace, isEmpty } from './selection.ts';

/** Whom the labels in one end of a Calico rule mean; null where they say nothing. */
export interface Entity {
  readonly selects: Criterion | null;
  readonly excludes: Criterion | null;
}

/** Whoever is in a namespace: network sets and pods, no host. */
export const inSomeNamespace: Criterion = ({ namespace }) => (namespace === null ? 'no' : 'yes');

/** selector, notSelector, namespaceSelector and serviceAccounts of an EntityRule, in a policy of this namespace or global. */
export function entityOf(rule: Json, namespace: string | null): Entity {
  const accounts = has(rule, 'serviceAccounts') ? record(rule.serviceAccounts) : {};
  const names = strings(accounts.names);
  const hasNamespaces = !isEmpty(rule.namespaceSelector);
  const hasAccounts = names.length > 0 || !isEmpty(accounts.selector);
  const hasOwn = !isEmpty(rule.selector) || hasAccounts;
  // In a namespaced policy any of them confines to the namespace, notSelector too (updateprocessors/rules.go).
  const isConfined = namespace !== null && !hasNamespaces && (hasOwn || !isEmpty(rule.notSelector));
  const isAlone = !isConfined && !hasNamespaces && !hasAccounts;
  const criteria: Criterion[] = [
    ...(isConfined ? [inNamespace(namespace)] : []),
    ...(isEmpty(rule.selector) ? [] : [bySelector(rule.selector, '', isAlone)]),
    ...(hasNamespaces ? [bySelector(rule.namespaceSelector, 'pcns.', !hasOwn)] : []),
    ...(isEmpty(accounts.selector) ? [] : [bySelector(accounts.selector, 'pcsa.', true)]),
    ...(names.length > 0 ? [byAccountNames(names)] : []),
  ];
  return {
    selects: criteria.length > 0 ? allOf(criteria) : null,
    excludes: isEmpty(rule.notSelector) ? null : bySelector(rule.notSelector, '', true),
  };
}

function byAccountNames(names: readonly string[]): Criterion {
  return ({ labels }) => (names.includes(labels['projectcalico.org/serviceaccount'] ?? '') ? 'yes' : 'no');
}
