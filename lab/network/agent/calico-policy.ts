import type { KubeObject } from '../../contract.ts';
import {
  type Family,
  familyOf,
  type Json,
  type Known,
  type Labels,
  list,
  type Member,
  netsOf,
  record,
  strings,
  unprefixed,
} from './known.ts';
import { anywhere, type Policy, type PolicyRule, type Side, type Verb } from './policy.ts';
import { selector } from './selector.ts';

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

/** Calico reads namespaces' and accounts' labels with a prefix. */
const prefixedSelector = (expression: string, prefix: 'pcns' | 'pcsa') => {
  const test = selector(expression);
  return (labels: Labels) => test(unprefixed(prefix, labels));
};

/**
 * Nothing keeps a selector of namespaces from what is in none: it is two words that mean those in one, and the others
 * (libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go). Each namespace inherits its name to what is in it.
 */
const namespaceSelector = (expression: string) => {
  const isSomewhere = 'has(projectcalico.org/name)';
  const written = expression.replaceAll('all()', isSomewhere).replaceAll('global()', `!${isSomewhere}`);
  return prefixedSelector(written, 'pcns');
};

/** Which members an entity's selectors find; null when it has none. */
function chooser(entity: Json, policy: KubeObject): ((member: Member) => boolean) | null {
  const { namespace } = policy.metadata;
  const where = text(entity.namespaceSelector);
  const what = text(entity.selector);
  const accounts = record(entity.serviceAccounts);
  // In a namespace, whoever is not meant is so among its own.
  const isConfined = namespace !== undefined && text(entity.notSelector) !== '';
  if (where === '' && what === '' && !entity.serviceAccounts && !isConfined) return null;

  const isThere = (member: Member) => {
    if (where !== '') return namespaceSelector(where)(member.labels);
    return namespace === undefined || member.namespace === namespace;
  };
  const names = strings(accounts.names);
  const isOfAccount = (member: Member) =>
    (names.length === 0 || names.includes(member.labels['projectcalico.org/serviceaccount'] ?? '')) &&
    (text(accounts.selector) === '' || prefixedSelector(text(accounts.selector), 'pcsa')(member.labels));
  const isMeant = selector(what);
  return (member) => isThere(member) && isMeant(member.labels) && (!entity.serviceAccounts || isOfAccount(member));
}

/** Null when the family filter ends the whole rule (felix: FilterRuleToIPVersion). */
function sideOf(entity: Json, policy: KubeObject, known: Known, family: Family): Side | null {
  const nets = netsOf(entity.nets, family);
  const notNets = netsOf(entity.notNets, family);
  const isKilled =
    (strings(entity.nets).length > 0 && nets.length === 0) ||
    (strings(entity.notNets).length > 0 && notNets.length === 0) ||
    notNets.some((net) => net === '::/0' || net === '0.0.0.0/0');
  if (isKilled) return null;

  const chooses = chooser(entity, policy);
  const unwanted = text(entity.notSelector);
  const addresses = (test: (member: Member) => boolean) =>
    known.members.filter(test).flatMap((member) => member.nets.filter((net) => familyOf(net) === family));
  return {
    ...anywhere,
    nets,
    notNets,
    chosen: chooses ? addresses(chooses) : null,
    notChosen: unwanted ? addresses(({ labels }) => selector(unwanted)(labels)) : null,
    ports: strings(entity.ports),
    notPorts: strings(entity.notPorts),
  };
}

/** A rule that names Services matches the addresses and ports of their EndpointSlices, so it becomes one rule per port. */
function throughServices(
  rule: PolicyRule,
  services: Json,
  policy: KubeObject,
  { objects }: Known,
  family: Family,
): PolicyRule[] {
  const home = text(services.namespace) || policy.metadata.namespace;
  return objects
    .filter(
      ({ kind, metadata }) =>
        kind === 'EndpointSlice' &&
        metadata.namespace === home &&
        metadata.labels?.['kubernetes.io/service-name'] === services.name,
    )
    .flatMap(({ endpoints, ports }) => {
      const chosen = list(endpoints)
        .flatMap(({ addresses }) => strings(addresses))
        .filter((address) => familyOf(address) === family);
      return list(ports).map(({ protocol, port }) => ({
        ...rule,
        protocol: String(protocol ?? 'TCP').toLowerCase(),
        destination: { ...rule.destination, chosen, ports: [String(port)] },
      }));
    });
}

export function calicoRules(policy: KubeObject, known: Known, family: Family): PolicyRule[] {
  return list(record(policy.spec).egress).flatMap((rule): PolicyRule[] => {
    if (rule.ipVersion !== undefined && rule.ipVersion !== family) return [];
    const source = sideOf(record(rule.source), policy, known, family);
    const destination = sideOf(record(rule.destination), policy, known, family);
    if (!source || !destination) return [];
    const icmp = rule.icmp ? record(rule.icmp) : null;
    const written: PolicyRule = {
      // The CRD's schema admits these four words only.
      verb: String(rule.action) as Verb,
      protocol: rule.protocol === undefined ? null : String(rule.protocol).toLowerCase(),
      notProtocol: rule.notProtocol === undefined ? null : String(rule.notProtocol).toLowerCase(),
      icmp:
        icmp?.type === undefined
          ? null
          : { type: Number(icmp.type), ...(icmp.code === undefined ? {} : { code: Number(icmp.code) }) },
      source,
      destination,
    };
    const { services } = record(rule.destination);
    return services ? throughServices(written, record(services), policy, known, family) : [written];
  });
}

/** Whether a policy is about egress at all. Stored without types it is about both directions. */
export function isOutbound(policy: KubeObject): boolean {
  const { types, egress } = record(policy.spec);
  if (strings(types).length > 0) return strings(types).includes('Egress');
  return policy.apiVersion.startsWith('crd.') || list(egress).length > 0;
}

/** Whether a NetworkPolicy or GlobalNetworkPolicy selects a workload's or host's endpoint by its labels. */
export function selectsEndpoint(policy: KubeObject, member: Pick<Member, 'namespace' | 'labels'>): boolean {
  const spec = record(policy.spec);
  const { namespace } = policy.metadata;
  if (namespace !== undefined && namespace !== member.namespace) return false;
  const where = text(spec.namespaceSelector);
  const account = text(spec.serviceAccountSelector);
  return (
    selector(text(spec.selector))(member.labels) &&
    (where === '' || namespaceSelector(where)(member.labels)) &&
    (account === '' || prefixedSelector(account, 'pcsa')(member.labels))
  );
}

export function calicoPolicy(policy: KubeObject, known: Known, family: Family): Policy {
  const { order } = record(policy.spec);
  return {
    kind: policy.kind,
    namespace: policy.metadata.namespace ?? null,
    name: policy.metadata.name,
    order: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
    rules: calicoRules(policy, known, family),
  };
}
