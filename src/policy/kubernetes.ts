import type { StoredObject } from '../evidence/objects.ts';
import { parseCidr } from '../net/cidr.ts';
import { faultInNetworkPolicy } from './kubernetes-shape.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { protocolNumber, ruleOf } from './rule.ts';
import { allOf, byLabelSelector, doubted, inNamespace, pods } from './selection.ts';

type Part = Partial<EgressRule>;

/**
 * networking.k8s.io/v1 NetworkPolicy, as Calico orders it: default tier, order 1000. Null when it leaves egress alone.
 * `isCalico` says that Calico is known to enforce it, and so how a block that nobody can read is taken.
 */
export function compileNetworkPolicy(policy: StoredObject, isCalico: boolean): CompiledPolicy | null {
  const { name, namespace = 'default' } = policy.metadata;
  const ref = { kind: 'NetworkPolicy', namespace, name };
  const spec = record(policy.spec);
  const fault = faultInNetworkPolicy(policy.spec, isCalico);
  if (fault !== null) {
    const selects = allOf([inNamespace(namespace), doubted(fault)]);
    return { ref, order: 1_000, selects, rules: [ruleOf('spec', 'allow', { doubt: fault })] };
  }
  const types = strings(spec.policyTypes);
  // The API server writes the types; without one, Egress is meant where there are egress rules.
  const isEgress = types.length > 0 ? types.includes('Egress') : records(spec.egress).length > 0;
  if (!isEgress) return null;

  return {
    ref,
    order: 1_000,
    selects: allOf([inNamespace(namespace), byLabelSelector(spec.podSelector)]),
    rules: records(spec.egress).flatMap((rule, index) => rulesOf(rule, `spec.egress[${index}]`, namespace)),
  };
}

function rulesOf(rule: Json, path: string, namespace: string): EgressRule[] {
  const peers: Part[] = records(rule.to).length === 0 ? [{}] : records(rule.to).map((peer) => peerOf(peer, namespace));
  const ports: Part[] = records(rule.ports).length === 0 ? [{}] : records(rule.ports).map(portOf);
  return peers.flatMap((peer) => ports.map((port) => ruleOf(path, 'allow', { ...peer, ...port })));
}

function peerOf(peer: Json, namespace: string): Part {
  if (has(peer, 'ipBlock')) {
    const { cidr, except } = record(peer.ipBlock);
    const block = parseCidr(String(cidr));
    // Calico takes an unreadable block for every address, and reads exceptions up to the first unreadable one.
    if (!block) return {};
    const excepted = strings(except).map(parseCidr);
    const end = excepted.indexOf(null);
    return { nets: [block], notNets: excepted.slice(0, end < 0 ? undefined : end).flatMap((each) => each ?? []) };
  }
  const selects = pods(peer.podSelector, peer.namespaceSelector);
  return { selectsPeer: has(peer, 'namespaceSelector') ? selects : allOf([inNamespace(namespace), selects]) };
}

/** Without a protocol TCP is meant, even where nothing else is said. */
function portOf({ protocol, port, endPort }: Json): Part {
  const protocols = [protocolNumber(protocol ?? 'TCP') ?? 6];
  if (typeof port === 'string') return { protocols, ports: { ranges: [], names: [port] } };
  if (typeof port !== 'number') return { protocols };
  const range = { from: port, to: typeof endPort === 'number' ? endPort : port };
  return { protocols, ports: { ranges: [range], names: [] } };
}
