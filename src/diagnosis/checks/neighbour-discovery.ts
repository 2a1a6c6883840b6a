import type { Evidence } from '../../evidence/evidence.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { riseOf } from '../counters.ts';
import { discoveryDrops, namesDiscovery } from '../discovery-drops.ts';
import { attemptsThatEnded } from '../failures.ts';
import { describeRise, type RisenRule } from '../filter-counters.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';

export const neighbourDiscovery = defineCheck({
  id: 'neighbour-discovery',
  stage: 'gateway',
  title: 'Node lets neighbour discovery through',
  failureTitle: 'Node drops neighbour discovery',
  needs: ['pod', 'nodeFilterRules'],
  mayUse: ['podConnects', 'podCounters', 'nodeConnects', 'nodeNeighbours', 'nodeDestinationRoutes'],
  causes: ['host-ndp-blocked'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, nodeFilterRules }, extra) {
    const node = pod.nodeName ?? 'the node';
    const drops = discoveryDrops(nodeFilterRules);
    const facts = drops.map(describeRise);
    const silent = attemptsThatEnded(extra.podConnects, ['EHOSTUNREACH']);
    const nodeSilent = attemptsThatEnded(extra.nodeConnects, ['EHOSTUNREACH']);
    const neighbours = observedIn(extra.nodeNeighbours) ?? [];
    const deadHops = neighbours.filter(({ state }) => /FAILED|INCOMPLETE/.test(state));
    const naming = drops.find(({ rule }) => namesDiscovery(rule));
    const first = naming ?? drops[0];
    if (first === undefined) {
      return {
        outcome: 'pass',
        summary: `No rule of node ${node} dropped what may have been neighbour discovery meanwhile.`,
        facts,
      };
    }
    const scene: Scene = { name: podName(pod), node, facts, first };
    const gateways = (observedIn(extra.nodeDestinationRoutes) ?? []).flatMap(({ gateway }) => gateway ?? []);
    const isResolved = neighbours.some(({ address, mac }) => mac !== null && gateways.includes(address));
    if (silent === 0 && nodeSilent === 0) {
      const isSilent = attemptsThatEnded(extra.nodeConnects, ['TIMEOUT']) > 0 && !hasConnected(extra.nodeConnects);
      // A kernel that is busy says late that a neighbour is dead.
      if (naming && isSilent && gateways.length > 0 && extra.nodeNeighbours.status === 'observed' && !isResolved) {
        return blocked(scene, `what ${gateways.join(', ')} answers`, false, null);
      }
      return {
        outcome: 'pass',
        summary: `Rules of node ${node} dropped packets to itself, and yet every neighbour that was asked for answered.`,
        facts,
      };
    }
    // The pod asks three times for its gateway; the node's own solicitations go another way.
    const asked = riseOf(extra.podCounters, 'Icmp6OutNeighborSolicits') ?? 0;
    const answered = riseOf(extra.podCounters, 'Icmp6InNeighborAdvertisements');
    const dropped = drops.reduce((sum, { rise }) => sum + rise, 0);
    if (silent > 0 && asked > 0 && answered === 0) {
      return blocked(scene, "the pod's question for its gateway", dropped >= asked, asked);
    }
    if (nodeSilent > 0 && deadHops.length > 0) {
      const hops = deadHops.map(({ address, device }) => `${address} on ${device}`).join(', ');
      return blocked(scene, `what ${hops} answers`, naming !== undefined, null);
    }
    return {
      outcome: 'inconclusive',
      summary: `Rules of node ${node} dropped packets to itself; whether neighbour discovery was among them is not known.`,
      facts,
      settledBy: `On ${node}, list the INPUT chain with its counters while the pod tries: ip6tables -nvL INPUT`,
    };
  },
});

function hasConnected(connects: Observation<Evidence['nodeConnects']>): boolean {
  return attemptsThatEnded(connects, ['connected']) > 0;
}

interface Scene {
  readonly name: string;
  readonly node: string;
  readonly facts: readonly string[];
  readonly first: RisenRule;
}

function blocked(
  { name, node, facts, first }: Scene,
  what: string,
  isCounted: boolean,
  asked: number | null,
): Judgement {
  // A chain's policy also drops what others send to the node, all the time.
  const isCertain = isCounted && namesDiscovery(first.rule);
  return {
    outcome: 'fail',
    cause: 'host-ndp-blocked',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: isCertain ? ['pod-gateway-linklocal-mismatch', 'node-nexthop-unreachable'] : [],
    neighbours: isCertain ? [] : ['pod-gateway-linklocal-mismatch', 'node-nexthop-unreachable'],
    isDeciding: isCertain,
    summary: `Chain ${first.chain} on node ${node} drops ${what} (${first.rule}, +${first.rise}), so pod ${name} finds no way out.`,
    facts: [...facts, ...(asked === null ? [] : [`the pod asked ${asked} times for a neighbour and got no answer`])],
    fix: [
      `# on ${node}, before the rule that drops; ICMPv6 133 to 137 and 2 have to pass on every interface`,
      ...[133, 134, 135, 136, 137, 2].map((type) => `ip6tables -I INPUT -p ipv6-icmp --icmpv6-type ${type} -j ACCEPT`),
      '# where a HostEndpoint is the reason: a GlobalNetworkPolicy that allows protocol ICMPv6 for it',
    ].join('\n'),
  };
}
