import type { StoredObject } from '../evidence/objects.ts';
import { entityOf } from './entity.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import type { Release } from './release.ts';
import { netsOf, portsOf, protocolNumber, ruleOf } from './rule.ts';
import { allOf, byCalicoLabels, type Criterion, inNamespace, readSelector } from './selection.ts';

export interface CalicoPolicy extends CompiledPolicy {
  readonly tier: string;
}

export const isStoredDirectly = ({ apiVersion }: StoredObject): boolean =>
  apiVersion.startsWith('crd.projectcalico.org/');

/** Felix up to 3.31 takes a policy's tier from its name, `tier.name`; later ones, and the API server, from spec.tier. */
function tierOf(policy: StoredObject, spec: Json, release: Release | null): { tier: string; doubt: string | null } {
  const [prefix, ...rest] = policy.metadata.name.split('.');
  const byName = prefix && rest.length > 0 ? prefix : 'default';
  const bySpec = typeof spec.tier === 'string' && spec.tier !== '' ? spec.tier : 'default';
  if (!isStoredDirectly(policy) || byName === bySpec || release?.isAtLeast(3, 32)) return { tier: bySpec, doubt: null };
  if (release) return { tier: byName, doubt: null };
  return { tier: bySpec, doubt: `it is in tier ${byName} by its name and in ${bySpec} by its spec` };
}

/** Calico NetworkPolicy or GlobalNetworkPolicy, of either API group. Null when it leaves workloads' egress alone. */
export function compileCalicoPolicy(policy: StoredObject, release: Release | null): CalicoPolicy | null {
  const spec = record(policy.spec);
  if (!concernsEgress(policy) || spec.doNotTrack === true || spec.preDNAT === true) return null;

  const isGlobal = policy.kind === 'GlobalNetworkPolicy';
  const namespace = isGlobal ? null : (policy.metadata.namespace ?? 'default');
  const { tier, doubt } = tierOf(policy, spec, release);
  const criteria: Criterion[] = [
    ...(namespace === null ? [] : [inNamespace(namespace)]),
    byCalicoLabels(readSelector(spec.selector)),
    byCalicoLabels(readSelector(isGlobal ? spec.namespaceSelector : '', 'pcns.')),
    byCalicoLabels(readSelector(spec.serviceAccountSelector, 'pcsa.')),
    () => (doubt === null ? 'yes' : { doubt }),
  ];
  return {
    tier,
    ref: { kind: isGlobal ? 'GlobalNetworkPolicy' : 'Calico NetworkPolicy', namespace, name: policy.metadata.name },
    order: typeof spec.order === 'number' ? spec.order : Number.POSITIVE_INFINITY,
    selects: allOf(criteria),
    rules: records(spec.egress).flatMap((rule, index) => rulesOf(rule, `spec.egress[${index}]`, namespace)),
  };
}

/** Without types: Felix takes a stored object for both, and the API server writes what the rules imply. */
export function concernsEgress(policy: StoredObject): boolean {
  const spec = record(policy.spec);
  const types = strings(spec.types);
  return types.length > 0 ? types.includes('Egress') : isStoredDirectly(policy) || records(spec.egress).length > 0;
}

const actions: Readonly<Record<string, EgressRule['action']>> = { Allow: 'allow', Deny: 'deny', Pass: 'pass' };

function rulesOf(rule: Json, path: string, namespace: string | null): EgressRule[] {
  if (rule.action === 'Log') return [];
  const action = actions[String(rule.action)];
  const [source, to] = [record(rule.source), record(rule.destination)];
  const [from, peer] = [entityOf(source, namespace), entityOf(to, namespace)];
  const nets = {
    to: netsOf(strings(to.nets)),
    notTo: netsOf(strings(to.notNets)),
    from: netsOf(strings(source.nets)),
    notFrom: netsOf(strings(source.notNets)),
  };
  const unread = Object.values(nets).flatMap((each) => each.unread);
  const protocol = has(rule, 'protocol') ? protocolNumber(rule.protocol) : null;
  const notProtocol = has(rule, 'notProtocol') ? protocolNumber(rule.notProtocol) : null;
  const isUnknown = (field: 'protocol' | 'notProtocol', number: number | null) =>
    has(rule, field) && number === null && `the protocol "${String(rule[field])}" is unknown`;
  const doubts = [
    // An action that is unknown may be any, so both ways of an answer stay open.
    action === undefined && `the action "${String(rule.action)}" is unknown`,
    unread.length > 0 && `"${unread[0]}" is no network`,
    isUnknown('protocol', protocol),
    isUnknown('notProtocol', notProtocol),
    has(to, 'services') && 'a rule for services needs their endpoints',
    has(to, 'domains') && 'a rule for domains needs their addresses',
    ['icmp', 'notICMP', 'http'].some((field) => has(rule, field)) && 'a rule for ICMP types or HTTP needs the packet',
    ['ports', 'notPorts'].some((field) => has(source, field)) && 'the source port of a flow is not known beforehand',
    from.doubt,
    peer.doubt,
  ].filter((doubt) => typeof doubt === 'string');
  const { selects, excludes } = from;
  // A list of which a member is unreadable is left to the doubt: it may hold what the others do not.
  const listed = ({ cidrs, unread: bad }: { cidrs: EgressRule['notNets']; unread: readonly string[] }) =>
    bad.length > 0 || cidrs.length === 0 ? null : cidrs;
  const fields: Partial<EgressRule> = {
    ipVersion: rule.ipVersion === 4 || rule.ipVersion === 6 ? rule.ipVersion : null,
    protocols: protocol === null ? null : [protocol],
    notProtocols: notProtocol === null ? [] : [notProtocol],
    nets: listed(nets.to),
    notNets: listed(nets.notTo) ?? [],
    ports: portsOf(to.ports),
    notPorts: portsOf(to.notPorts),
    selectsPeer: peer.selects,
    excludesPeer: peer.excludes,
    sourceNets: listed(nets.from),
    sourceNotNets: listed(nets.notFrom) ?? [],
    selectsSource: selects || excludes ? (labels) => (selects?.(labels) ?? true) && !excludes?.(labels) : null,
    doubt: doubts[0] ?? null,
  };
  const meant: readonly EgressRule['action'][] = action ? [action] : ['allow', 'deny', 'pass'];
  return meant.map((each) => ruleOf(path, each, fields));
}
