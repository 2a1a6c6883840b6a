import { parseAddress } from '../net/address.ts';
import { contains, isPrivate } from '../net/cidr.ts';
import { keyOf, type ParsedFlow } from './flow.ts';
import { pastGates, throughGate } from './gates.ts';
import type { Endpoint, Flow, HostGate, Peer, PolicyModel, PolicyVerdict } from './model.ts';
import { doubtful, newWalk, open, verdictOf, walkTiers } from './walk.ts';

export const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132, ICMPv6: 58, ICMP: 1 } as const;

/**
 * Walks the tiers as Felix renders them (felix/rules/endpoints.go). What cannot be judged is taken both ways; the answer is
 * doubtful only where the ways end differently.
 */
export function evaluateEgress(
  model: PolicyModel,
  source: Endpoint,
  flow: Flow,
  peer: Peer | null = null,
): PolicyVerdict {
  const parsed = parsedFlow(model, source, flow, peer);
  return parsed ? evaluateFlow(model, source, parsed) : doubtful([`"${flow.address}" is not an address`], []);
}

/** What the host endpoints of the pod's node, each by itself, say to a packet that the pod's own policies let out. */
export function evaluateAtHosts(
  model: PolicyModel,
  source: Endpoint,
  flow: Flow,
): { readonly gate: HostGate; readonly verdict: PolicyVerdict }[] {
  const parsed = parsedFlow(model, source, flow, null);
  if (parsed === null) return [];
  const own = model.gates.filter(({ node }) => source.node === null || node === source.node);
  return own.map((gate) => ({ gate, verdict: throughGate(model, gate, parsed) }));
}

export function evaluateFlow(model: PolicyModel, source: Endpoint, flow: ParsedFlow): PolicyVerdict {
  const issues = [...model.issues, ...(model.issuesIn.get(source.namespace) ?? [])];
  if (source.isHostNetwork) return ofHostNetwork(model, issues);
  // A packet to the pod's own address never leaves the pod, so no policy meets it.
  if (!flow.isTranslated && isOwn(source, flow))
    return { ...open, because: 'itself', tier: null, nearMisses: [], issues: [] };

  const found = judge(model, model.tiers, source, flow, issues);
  if (model.otherTiers === null) return found;
  const other = judge(model, model.otherTiers, source, flow, issues);
  if (other.allowed === found.allowed) return found;
  const why =
    'policies of the same order stand in another order up to Calico 3.31, and which release runs is not known';
  return { ...doubtful([...new Set([...found.issues, ...other.issues, why])], []), isolatedBy: found.isolatedBy };
}

function judge(
  model: PolicyModel,
  tiers: PolicyModel['tiers'],
  source: Endpoint,
  flow: ParsedFlow,
  issues: readonly string[],
): PolicyVerdict {
  const walk = newWalk(flow, issues);
  const { goesOn, isSelected } = walkTiers(walk, tiers, source);
  if (goesOn) walk.ends.push({ ...open, because: isSelected ? 'profile' : 'not-isolated', tier: null });
  const verdict = verdictOf(walk, issues);
  return verdict.allowed === true ? pastGates(model, source, flow, verdict) : verdict;
}

function isOwn(source: Endpoint, { address }: ParsedFlow): boolean {
  if (address === null) return false;
  const asked = keyOf(address);
  return source.addresses.some((text) => {
    const own = parseAddress(text);
    return own !== null && keyOf(own) === asked;
  });
}

/** Pods on their node's network are no workload endpoints: only policies of host endpoints reach them. */
function ofHostNetwork(model: PolicyModel, issues: readonly string[]): PolicyVerdict {
  const { tiers, beyond, gates, untracking } = model;
  if (issues.length > 0) return doubtful(issues, []);
  const mayReach = tiers.some(({ policies }) => policies.some(({ ref }) => ref.kind === 'GlobalNetworkPolicy'));
  const isFree = model.areGatesKnown ? gates.length === 0 : !mayReach && beyond.length === 0 && untracking.length === 0;
  if (isFree) return { ...open, because: 'not-isolated', tier: null, nearMisses: [], issues: [] };
  return doubtful(['the pod uses the network of its node, and policies of host endpoints are not judged here'], []);
}

function parsedFlow(model: PolicyModel, source: Endpoint, flow: Flow, peer: Peer | null): ParsedFlow | null {
  const address = parseAddress(flow.address);
  if (!address) return null;
  const isInCluster = model.podNets ? model.podNets.some((net) => contains(net, address)) : isPrivate(address);
  const unknownPod = peer === null && isInCluster ? 'which pod has the address is not known' : null;
  const why = unknownPod ?? (model.areSetsKnown ? null : 'which network sets hold the address is not known');
  const bearer = peer && { namespace: namespaceOf(peer), labels: peer.labels, unknown: peer.unknown ?? [] };
  return {
    family: address.family,
    address,
    port: flow.port,
    protocol: protocolNumbers[flow.protocol],
    icmp: flow.icmp ?? null,
    peers: [...setsAt(model, address), ...(bearer ? [bearer] : [])],
    strangers: why === null ? [] : 'anybody',
    whyStrangers: why ?? '',
    portNames: peer?.portNames ?? null,
    source,
    sourceAddress: addressOf(source, address.family),
    services: model.services,
  };
}

const namespaceOf = ({ namespace, labels }: Peer): string | null =>
  namespace ?? labels['projectcalico.org/namespace'] ?? null;

/** The network sets and expected addresses of hosts that hold the address. */
export function setsAt({ sets }: PolicyModel, address: Parameters<typeof contains>[1]): PolicyModel['sets'] {
  return sets.filter(({ nets }) => nets.some((net) => contains(net, address)));
}

/** The pod's own address of the family; null when it has none. */
export function addressOf(source: Endpoint, family: 4 | 6): ParsedFlow['sourceAddress'] {
  return source.addresses.map(parseAddress).find((own) => own?.family === family) ?? null;
}
