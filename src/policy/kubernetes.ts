import type { StoredObject } from '../evidence/objects.ts';
import { labelSelector } from './labels.ts';
import type { CompiledPolicy, EgressRule, PortRange } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { netsOf, protocolNumber, ruleOf } from './rule.ts';
import type { Selector } from './selector.ts';

type Part = Partial<EgressRule>;

/** networking.k8s.io/v1 NetworkPolicy, as Calico orders it: default tier, order 1000. Null when it leaves egress alone. */
export function compileNetworkPolicy(policy: StoredObject): CompiledPolicy | null {
  const spec = record(policy.spec);
  const types = strings(spec.policyTypes);
  // The API server writes the types; without one, Egress is meant where there are egress rules.
  const isEgress = types.length > 0 ? types.includes('Egress') : records(spec.egress).length > 0;
  if (!isEgress) return null;

  const { name, namespace = 'default' } = policy.metadata;
  const selectsPod = labelSelector(record(spec.podSelector));
  return {
    ref: { kind: 'NetworkPolicy', namespace, name },
    order: 1_000,
    selects: (endpoint) => endpoint.namespace === namespace && (selectsPod?.(endpoint.podLabels) ?? true),
    rules: records(spec.egress).flatMap((rule, index) => rulesOf(rule, `spec.egress[${index}]`, namespace)),
  };
}

function rulesOf(rule: Json, path: string, namespace: string): EgressRule[] {
  const peers: Part[] = records(rule.to).length === 0 ? [{}] : records(rule.to).map((peer) => peerOf(peer, namespace));
  const ports: Part[] = records(rule.ports).length === 0 ? [{}] : records(rule.ports).map(portOf);
  return peers.flatMap((peer) =>
    ports.map((port) => ruleOf(path, 'allow', { ...peer, ...port, doubt: peer.doubt ?? port.doubt ?? null })),
  );
}

function peerOf(peer: Json, namespace: string): Part {
  if (has(peer, 'ipBlock')) {
    const block = record(peer.ipBlock);
    const { cidrs, unread } = netsOf(typeof block.cidr === 'string' ? [block.cidr] : []);
    const except = netsOf(strings(block.except));
    const bad = [...unread, ...except.unread];
    if (cidrs.length === 0) return { doubt: `ipBlock "${String(block.cidr)}" is not a CIDR` };
    return { nets: cidrs, notNets: except.cidrs, doubt: bad.length > 0 ? `"${bad[0]}" is not a CIDR` : null };
  }
  const selectsPod = labelSelector(record(peer.podSelector));
  const selectsNamespace = has(peer, 'namespaceSelector')
    ? labelSelector(record(peer.namespaceSelector))
    : sameNamespace(namespace);
  if (!selectsPod || !selectsNamespace)
    return { selectsPeer: () => true, doubt: 'a label selector cannot be understood' };
  // Peers arrive as labels of the pod and, prefixed, of its namespace.
  return { selectsPeer: (labels) => selectsPod(labels) && selectsNamespace(namespaceLabels(labels)) };
}

const sameNamespace =
  (namespace: string): Selector =>
  (labels) =>
    labels['projectcalico.org/name'] === namespace;

function namespaceLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (key.startsWith('pcns.') ? [[key.slice(5), value]] : [])),
  );
}

function portOf(port: Json): Part {
  const protocol = protocolNumber(port.protocol ?? 'TCP');
  const protocols = protocol === null ? [] : [protocol];
  if (!has(port, 'port')) return { protocols };
  if (typeof port.port !== 'number')
    return { protocols, doubt: `the named port "${String(port.port)}" belongs to the destination's pod` };
  const to = typeof port.endPort === 'number' ? port.endPort : port.port;
  const range: PortRange = { from: port.port, to };
  return { protocols, ports: [range] };
}
