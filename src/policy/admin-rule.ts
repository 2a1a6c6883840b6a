import { inSomeNamespace } from './entity.ts';
import type { EgressRule } from './model.ts';
import { faultIn, has, type Json, record, records, strings } from './read.ts';
import { isPort, netsOf, protocolNumber, ruleOf } from './rule.ts';
import { allOf, byLabelSelector, pods } from './selection.ts';

const actions: ReadonlyMap<unknown, EgressRule['action']> = new Map([
  ['Allow', 'allow'],
  ['Accept', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);

type Part = Partial<EgressRule>;

/** One rule for each peer and port. */
export function adminRules(rule: Json, path: string, kind: string, isCalicos: boolean): EgressRule[] {
  const list = kind === 'ClusterNetworkPolicy' ? { protocols: 'objects' as const } : { ports: 'objects' as const };
  const shape = { name: 'string', action: 'string', to: 'objects', ...list } as const;
  const action = actions.get(rule.action);
  const fault = faultIn(rule, shape, path) ?? (records(rule.to).length === 0 ? 'it names no peer' : null);
  const ports = portsOf(rule, kind, isCalicos);
  const peers = fault === null ? records(rule.to).map(peerOf) : [{}];
  const doubt =
    fault ??
    (action === undefined ? `the action "${String(rule.action).slice(0, 64)}" is unknown` : null) ??
    [...peers, ...ports].find((part) => typeof part.doubt === 'string')?.doubt ??
    null;
  // Calico converts a rule whole or not at all: Deny and Pass fail closed, the others are left out (clusternetworkpolicy.go).
  if (doubt !== null && fault === null && isCalicos) {
    return action === 'deny' || action === 'pass' ? [ruleOf(path, 'deny')] : [];
  }
  const meant: readonly EgressRule['action'][] = action && fault === null ? [action] : ['allow', 'deny', 'pass'];
  return peers.flatMap((to) =>
    ports.flatMap((port) => {
      const own = fault ?? (action === undefined ? doubt : (to.doubt ?? port.doubt ?? null));
      return meant.map((each) => ruleOf(path, each, { ...to, ...port, doubt: own }));
    }),
  );
}

function peerOf(peer: Json): Part {
  if (has(peer, 'networks')) {
    const networks = Array.isArray(peer.networks) ? peer.networks : [];
    const { cidrs, unread } = netsOf(strings(networks));
    if (unread.length > 0 || strings(networks).length < networks.length) {
      return { doubt: `"${unread[0] ?? 'something'}" is no network` };
    }
    return cidrs.length > 0 ? { nets: cidrs } : { doubt: 'it names no network' };
  }
  if (has(peer, 'pods')) {
    const { podSelector, namespaceSelector } = record(peer.pods);
    return { selectsPeer: pods(podSelector, namespaceSelector) };
  }
  // Calico asks here for the labels of the namespace alone, so network sets are meant as well: with a selector that only says
  // which labels must not be there, even those that are in no namespace.
  if (has(peer, 'namespaces')) {
    const { matchLabels, matchExpressions } = record(peer.namespaces);
    const isEmpty = Object.keys(record(matchLabels)).length + records(matchExpressions).length === 0;
    const selects = byLabelSelector(peer.namespaces, 'pcns.');
    return { selectsPeer: isEmpty ? allOf([inSomeNamespace, selects]) : selects };
  }
  return { doubt: `a peer of ${Object.keys(peer).join(', ').slice(0, 64) || 'no kind'} is not judged here` };
}

const namedPort = 'a named port is read differently by different releases of Calico';

/** AdminNetworkPolicy lists `ports`, ClusterNetworkPolicy `protocols`. */
function portsOf(rule: Json, kind: string, isCalicos: boolean): readonly Part[] {
  const listed = records(kind === 'ClusterNetworkPolicy' ? rule.protocols : rule.ports);
  const older = (port: Json): Part => {
    const one = record(port.portNumber ?? port.portRange);
    if (has(port, 'namedPort')) return { doubt: namedPort };
    return rangeOf(one.protocol ?? 'TCP', one.port ?? one.start, one.end);
  };
  const newer = (entry: Json): Part => {
    if (has(entry, 'destinationNamedPort')) return { doubt: namedPort };
    const [first] = Object.entries(entry);
    if (first === undefined) return {};
    const { destinationPort } = record(first[1]);
    if (destinationPort === undefined || destinationPort === null) return protocolOf(first[0]);
    const { number, range } = record(destinationPort);
    return rangeOf(first[0], number ?? record(range).start, record(range).end);
  };
  // Of AdminNetworkPolicy Calico read a named port as every port.
  if (isCalicos && kind !== 'ClusterNetworkPolicy' && listed.some((port) => has(port, 'namedPort'))) return [{}];
  return listed.length > 0 ? listed.map(kind === 'ClusterNetworkPolicy' ? newer : older) : [{}];
}

function protocolOf(name: unknown): Part {
  const number = protocolNumber(name);
  const isKnown = number === 6 || number === 17 || number === 132;
  return isKnown ? { protocols: [number] } : { doubt: `the protocol "${String(name).slice(0, 64)}" is unknown` };
}

function rangeOf(protocol: unknown, from: unknown, end: unknown): Part {
  const to = end ?? from;
  if (!isPort(from) || !isPort(to) || from > to) return { ...protocolOf(protocol), doubt: 'a port cannot be read' };
  return { ...protocolOf(protocol), ports: { ranges: [{ from, to }], names: [] } };
}
