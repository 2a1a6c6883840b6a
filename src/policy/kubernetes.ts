import type { StoredObject } from '../evidence/objects.ts';
import { labelSelector } from './labels.ts';
import type { CompiledPolicy, EgressRule } from './model.ts';
import { has, type Json, record, records, strings } from './read.ts';
import { netsOf, protocolNumber, ruleOf } from './rule.ts';
import { allOf, byPodLabels, inNamespace, namespaceLabelsIn } from './selection.ts';
import { namespaceLabel } from './selector.ts';

type Part = Partial<EgressRule>;

/** networking.k8s.io/v1 NetworkPolicy, as Calico orders it: default tier, order 1000. Null when it leaves egress alone. */
export function compileNetworkPolicy(policy: StoredObject): CompiledPolicy | null {
  const spec = record(policy.spec);
  const types = strings(spec.policyTypes);
  // The API server writes the types; without one, Egress is meant where there are egress rules.
  const isEgress = types.length > 0 ? types.includes('Egress') : records(spec.egress).length > 0;
  if (!isEgress) return null;

  const { name, namespace = 'default' } = policy.metadata;
  return {
    ref: { kind: 'NetworkPolicy', namespace, name },
    order: 1_000,
    selects: allOf([inNamespace(namespace), byPodLabels(record(spec.podSelector))]),
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
    const { cidr, except } = record(peer.ipBlock);
    const block = netsOf(typeof cidr === 'string' ? [cidr] : []);
    const excepted = netsOf(strings(except));
    // Calico takes an unreadable block for every address, others for none.
    if (block.cidrs.length === 0) return { doubt: `ipBlock "${String(cidr)}" is not a CIDR` };
    const [bad] = excepted.unread;
    return { nets: block.cidrs, notNets: excepted.cidrs, doubt: bad === undefined ? null : `"${bad}" is not a CIDR` };
  }
  if (!has(peer, 'podSelector') && !has(peer, 'namespaceSelector')) {
    return { doubt: `a peer of ${Object.keys(peer).join(', ') || 'no kind'} is not understood` };
  }
  const selectsPod = labelSelector(record(peer.podSelector));
  const selectsNamespace = labelSelector(record(peer.namespaceSelector));
  if (!selectsPod || !selectsNamespace) return { doubt: 'a label selector cannot be understood' };
  const isAnyNamespace = has(peer, 'namespaceSelector');
  return {
    selectsPeer: (labels) =>
      selectsPod(labels) &&
      // Network sets may bear any label and are no pods.
      labels['projectcalico.org/orchestrator'] === 'k8s' &&
      (isAnyNamespace ? selectsNamespace(namespaceLabelsIn(labels)) : labels[namespaceLabel] === namespace),
  };
}

function portOf({ protocol: given, port, endPort }: Json): Part {
  const protocol = protocolNumber(given ?? 'TCP');
  if (protocol === null) return { doubt: `the protocol "${String(given)}" is unknown` };
  const protocols = [protocol];
  if (typeof port === 'number') {
    return {
      protocols,
      ports: { ranges: [{ from: port, to: typeof endPort === 'number' ? endPort : port }], names: [] },
    };
  }
  return typeof port === 'string' ? { protocols, ports: { ranges: [], names: [port] } } : { protocols };
}
