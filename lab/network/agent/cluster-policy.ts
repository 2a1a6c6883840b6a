import type { KubeObject } from '../../contract.ts';
import { type Family, familyOf, type Json, type Known, list, netsOf, type Pod, record, unprefixed } from './known.ts';
import { namespaceLabels, podAddresses } from './kubernetes-policy.ts';
import { anywhere, type Policy, type PolicyRule, type Verb } from './policy.ts';
import { labelSelector } from './selector.ts';

const verbs: Readonly<Record<string, Verb>> = { Accept: 'Allow', Deny: 'Deny', Pass: 'Pass' };

function selects(subject: Json, pod: Pod, known: Known): boolean {
  const pods = record(subject.pods);
  const namespaces = subject.namespaces ?? pods.namespaceSelector;
  return (
    labelSelector(record(namespaces))(namespaceLabels(known, pod.namespace)) &&
    labelSelector(record(pods.podSelector))(pod.own)
  );
}

/**
 * Calico asks here for the namespace's labels alone, so network sets are meant as well: with a selector that only says which
 * labels must not be there, those that are in no namespace too.
 */
function addressesIn(selector: Json, { members }: Known, family: Family): readonly string[] {
  const isEmpty = list(selector.matchExpressions).length + Object.keys(record(selector.matchLabels)).length === 0;
  const isMeant = labelSelector(selector);
  return members
    .filter(({ namespace, labels }) => (isEmpty ? namespace !== null : isMeant(unprefixed('pcns', labels))))
    .flatMap(({ nets }) => nets.filter((net) => familyOf(net) === family));
}

/** Addresses of this family; null for a peer that cannot be converted, which makes a Deny deny everything. */
function peerNets(peer: Json, known: Known, family: Family): readonly string[] | null {
  if (peer.networks) return netsOf(peer.networks, family);
  if (peer.namespaces) return addressesIn(record(peer.namespaces), known, family);
  if (peer.pods) return podAddresses(known, family, record(peer.pods), null);
  return null;
}

function doorsOf(rule: Json): { protocol: string | null; ports: string[] }[] {
  const protocols = list(rule.protocols);
  if (protocols.length === 0) return [{ protocol: null, ports: [] }];
  return protocols.flatMap((entry) =>
    Object.entries(entry).map(([protocol, value]) => {
      const { number, range } = record(record(value).destinationPort);
      const { start, end } = record(range);
      const ports = number !== undefined ? [String(number)] : start !== undefined ? [`${start}:${end}`] : [];
      return { protocol, ports };
    }),
  );
}

/** policy.networking.k8s.io ClusterNetworkPolicy, which never isolates by itself. Null without egress rules. */
export function clusterPolicy(policy: KubeObject, pod: Pod, known: Known, family: Family): Policy | null {
  const spec = record(policy.spec);
  const egress = list(spec.egress);
  if (egress.length === 0 || !selects(record(spec.subject), pod, known)) return null;
  return {
    kind: 'KubernetesClusterNetworkPolicy',
    namespace: null,
    name: policy.metadata.name,
    order: Number(spec.priority ?? 1_000),
    rules: egress.flatMap((rule): PolicyRule[] => {
      const verb = verbs[String(rule.action)] ?? 'Deny';
      const nets = list(rule.to).map((peer) => peerNets(peer, known, family));
      const isUnreadable = nets.includes(null);
      if (isUnreadable && verb === 'Allow') return [];
      const chosen = isUnreadable ? null : nets.flatMap((each) => each ?? []);
      return doorsOf(rule).map(({ protocol, ports }) => ({
        verb,
        protocol,
        notProtocol: null,
        icmp: null,
        source: anywhere,
        // One field for networks and pods: both are lists of addresses by now.
        destination: { ...anywhere, chosen, ports },
      }));
    }),
  };
}
