import type { KubeObject } from '../../contract.ts';
import { type Family, familyOf, type Json, type Known, list, type Pod, record, strings } from './known.ts';
import { anywhere, type Policy, type PolicyRule, type Side } from './policy.ts';
import { labelSelector } from './selector.ts';

/** Addresses of pods whose namespace and own labels are selected; a missing namespace selector means `home`. */
export function podAddresses(known: Known, family: Family, peer: Json, home: string | null): string[] {
  const selectsPod = labelSelector(record(peer.podSelector));
  const selectsNamespace = peer.namespaceSelector ? labelSelector(record(peer.namespaceSelector)) : null;
  return known.pods
    .filter(({ namespace, own }) => {
      const isThere = selectsNamespace ? selectsNamespace(namespaceLabels(known, namespace)) : namespace === home;
      return isThere && selectsPod(own);
    })
    .flatMap(({ nets }) => nets.filter((net) => familyOf(net) === family));
}

export const namespaceLabels = ({ objects }: Known, name: string) =>
  objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name)?.metadata.labels ?? {};

function sidesOf(policy: KubeObject, rule: Json, known: Known, family: Family): Side[] {
  const peers = list(rule.to);
  if (peers.length === 0) return [anywhere];
  return peers.flatMap((peer): Side[] => {
    if (!peer.ipBlock) {
      return [{ ...anywhere, chosen: podAddresses(known, family, peer, policy.metadata.namespace ?? '') }];
    }
    const { cidr, except } = record(peer.ipBlock);
    // Felix renders a block for its own family alone.
    if (familyOf(String(cidr)) !== family) return [];
    return [{ ...anywhere, nets: [String(cidr)], notNets: strings(except) }];
  });
}

function doorsOf(rule: Json): { protocol: string | null; ports: string[] }[] {
  const ports = list(rule.ports);
  if (ports.length === 0) return [{ protocol: null, ports: [] }];
  return ports.map(({ protocol, port, endPort }) => ({
    protocol: String(protocol ?? 'TCP').toLowerCase(),
    ports: port === undefined ? [] : [endPort ? `${port}:${endPort}` : String(port)],
  }));
}

/** A networking.k8s.io NetworkPolicy as it isolates this pod's egress; null where it does not. */
export function kubernetesPolicy(policy: KubeObject, pod: Pod, known: Known, family: Family): Policy | null {
  const spec = record(policy.spec);
  const types = strings(spec.policyTypes);
  const egress = list(spec.egress);
  const isOutbound = types.includes('Egress') || (types.length === 0 && egress.length > 0);
  const selects = policy.metadata.namespace === pod.namespace && labelSelector(record(spec.podSelector))(pod.own);
  if (!isOutbound || !selects) return null;
  return {
    kind: 'KubernetesNetworkPolicy',
    namespace: pod.namespace,
    name: policy.metadata.name,
    order: 1_000,
    rules: egress.flatMap((rule) =>
      sidesOf(policy, rule, known, family).flatMap((side) =>
        doorsOf(rule).map(
          ({ protocol, ports }): PolicyRule => ({
            verb: 'Allow',
            protocol,
            notProtocol: null,
            icmp: null,
            source: anywhere,
            destination: { ...side, ports },
          }),
        ),
      ),
    ),
  };
}
