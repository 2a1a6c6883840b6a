import { BlockList, isIPv6 } from 'node:net';

/**
 * A second reading of the Kubernetes NetworkPolicy specification, written from its text alone and as slowly as it reads:
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/. It shares nothing with the engine.
 */
export interface NaiveSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

export interface NaivePeer {
  readonly podSelector?: NaiveSelector;
  readonly namespaceSelector?: NaiveSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface NaivePort {
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NaivePolicy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector?: NaiveSelector;
    readonly policyTypes?: readonly string[];
    readonly egress?: readonly { readonly to?: readonly NaivePeer[]; readonly ports?: readonly NaivePort[] }[];
  };
}

export interface NaivePod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ips: readonly string[];
  readonly ports: readonly { readonly name: string; readonly number: number; readonly protocol: string }[];
}

export interface NaiveWorld {
  readonly policies: readonly NaivePolicy[];
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly NaivePod[];
}

export interface NaiveFlow {
  readonly address: string;
  readonly port: number | null;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMPv6';
}

function selects(selector: NaiveSelector, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const own = labels[key];
    if (operator === 'In' && (own === undefined || !values.includes(own))) return false;
    if (operator === 'NotIn' && own !== undefined && values.includes(own)) return false;
    if (operator === 'Exists' && own === undefined) return false;
    if (operator === 'DoesNotExist' && own !== undefined) return false;
  }
  return true;
}

function isIn(cidr: string, address: string): boolean {
  const [net, length] = cidr.split('/');
  const family = isIPv6(net!) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(net!, Number(length), family);
  return list.check(address, family);
}

function admitsPeer(peer: NaivePeer, policy: NaivePolicy, world: NaiveWorld, address: string): boolean {
  if (peer.ipBlock) {
    if (!isIn(peer.ipBlock.cidr, address)) return false;
    return !(peer.ipBlock.except ?? []).some((except) => isIn(except, address));
  }
  return world.pods.some((pod) => {
    if (!pod.ips.includes(address)) return false;
    if (peer.namespaceSelector === undefined && pod.namespace !== policy.metadata.namespace) return false;
    const ofNamespace = { 'kubernetes.io/metadata.name': pod.namespace, ...world.namespaces[pod.namespace] };
    if (peer.namespaceSelector !== undefined && !selects(peer.namespaceSelector, ofNamespace)) return false;
    return selects(peer.podSelector ?? {}, pod.labels);
  });
}

function admitsPort(port: NaivePort, world: NaiveWorld, flow: NaiveFlow): boolean {
  if ((port.protocol ?? 'TCP') !== flow.protocol) return false;
  if (port.port === undefined) return true;
  if (flow.port === null) return false;
  if (typeof port.port === 'number') return flow.port >= port.port && flow.port <= (port.endPort ?? port.port);
  return world.pods.some(
    (pod) =>
      pod.ips.includes(flow.address) &&
      pod.ports.some(
        ({ name, number, protocol }) => name === port.port && number === flow.port && protocol === flow.protocol,
      ),
  );
}

function isEgressPolicy({ spec }: NaivePolicy): boolean {
  const types = spec.policyTypes ?? [];
  return types.length === 0 ? (spec.egress ?? []).length > 0 : types.includes('Egress');
}

export function naivelyAllowed(world: NaiveWorld, source: NaivePod, flow: NaiveFlow): boolean {
  // A pod cannot block access to itself.
  if (source.ips.includes(flow.address)) return true;
  const isolating = world.policies.filter(
    (policy) =>
      isEgressPolicy(policy) &&
      policy.metadata.namespace === source.namespace &&
      selects(policy.spec.podSelector ?? {}, source.labels),
  );
  if (isolating.length === 0) return true;
  return isolating.some((policy) =>
    (policy.spec.egress ?? []).some((rule) => {
      const to = rule.to ?? [];
      const ports = rule.ports ?? [];
      const isPeer = to.length === 0 || to.some((peer) => admitsPeer(peer, policy, world, flow.address));
      return isPeer && (ports.length === 0 || ports.some((port) => admitsPort(port, world, flow)));
    }),
  );
}
