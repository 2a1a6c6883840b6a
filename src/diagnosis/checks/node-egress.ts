import type { Evidence } from '../../evidence/evidence.ts';
import type { Neighbour } from '../../evidence/network.ts';
import { observed, observedIn } from '../../evidence/observation.ts';
import { rulesOutTheRest } from '../beyond-the-node.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { discoveryDrops } from '../discovery-drops.ts';
import { isDefault, isExpired, isNullEntry } from '../routes.ts';
import { describeTally, type Tally, tallyOf } from '../tally.ts';

export const nodeEgress = defineCheck({
  id: 'node-egress',
  stage: 'upstream',
  title: 'Node itself connects over IPv6',
  failureTitle: 'Node itself does not connect over IPv6',
  needs: ['attempt', 'nodeConnects'],
  mayUse: [
    ...(['node', 'nodeNeighbours', 'nodeDestinationRoutes', 'nodeRoutes'] as const),
    ...(['pod', 'podConnects', 'nodeFlows', 'nodeFilterRules'] as const),
  ],
  causes: ['node-nexthop-unreachable', 'node-upstream-black-hole', 'cloud-v6-egress-missing'],

  evaluate({ attempt, nodeConnects }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const tallies = tallyOf(nodeConnects).filter(({ family }) => family === 6);
    const facts = tallies.map(describeTally);
    if (tallies.length === 0) {
      return { outcome: 'inconclusive', summary: `No IPv6 connect was tried from node ${node}.`, facts };
    }

    const failing = tallies.filter(({ connected }) => connected === 0);
    if (failing.length < tallies.length) {
      return isFlaky(tallies) && isFlaky(tallyOf(observedIn(extra.podConnects) ?? []))
        ? lossy(node, tallies)
        : someConnect(node, attempt, tallies, failing);
    }

    const ways = observedIn(extra.nodeDestinationRoutes) ?? [];
    if (
      ways.length > 0 &&
      ways.every(({ device }) => device !== null && /^(vxlan|wireguard|wg|tunl|cali)/.test(device))
    ) {
      return {
        outcome: 'not-applicable',
        summary: `What was tried is inside the cluster, so nothing was learned about the network beyond node ${node}.`,
        facts,
      };
    }
    const hop = deadHop(
      observedIn(extra.nodeNeighbours),
      gatewaysOf(observedIn(extra.nodeDestinationRoutes), observedIn(extra.nodeRoutes)),
    );
    if (hop) {
      const rules = observedIn(extra.nodeFilterRules);
      return unreachableHop(node, hop, facts, rules !== null && discoveryDrops(rules).length === 0);
    }
    const lookups = observedIn(extra.nodeDestinationRoutes)?.filter(({ to }) => to.includes(':')) ?? [];
    if (lookups.some(({ problem }) => problem !== null)) {
      return {
        outcome: 'inconclusive',
        summary: `Node ${node} finds no route for its own packets, so nothing was learned about the network beyond.`,
        facts,
      };
    }
    const isHopKnown = extra.nodeNeighbours.status === 'observed';
    if (failing.length === 1) return oneDestination(node, failing, facts);
    return blackHole(node, failing, facts, {
      isHopKnown,
      provider: observedIn(extra.node)?.provider ?? null,
      isProved:
        !attempt.isNamed && rulesOutTheRest(attempt, { ...extra, nodeConnects: observed(nodeConnects, 'node') }),
    });
  },
});

function someConnect(
  node: string,
  attempt: Evidence['attempt'],
  tallies: readonly Tally[],
  failing: readonly Tally[],
): Judgement {
  const facts = tallies.map(describeTally);
  const flaky = tallies.filter(({ connected, attempts }) => connected > 0 && connected < attempts);
  if (flaky.length > 0 || (failing.length > 0 && attempt.isNamed)) {
    return { outcome: 'inconclusive', summary: `Not every attempt from node ${node} itself connects.`, facts };
  }
  const dead = failing.map(({ address }) => address).join(', ');
  return {
    outcome: 'pass',
    summary: dead
      ? `Node ${node} connects over IPv6; ${dead} does not answer it and is at fault itself.`
      : `Node ${node} connects over IPv6, so the network beyond it carries IPv6.`,
    facts,
  };
}

function unreachableHop(
  node: string,
  hop: Neighbour,
  facts: readonly string[],
  /** No rule of the node's dropped what may have been its gateway's answer. */
  isLetThrough: boolean,
): Judgement {
  return {
    outcome: 'fail',
    cause: 'node-nexthop-unreachable',
    confidence: isLetThrough ? 'certain' : 'likely',
    ruledOut: ['node-upstream-black-hole', ...(isLetThrough ? (['host-ndp-blocked'] as const) : [])],
    neighbours: isLetThrough ? [] : ['host-ndp-blocked'],
    isDeciding: false,
    summary: `The IPv6 gateway ${hop.address} of node ${node} does not answer neighbour discovery on ${hop.device}, so no packet leaves the node.`,
    facts: [`${hop.address} dev ${hop.device} ${hop.state}`, ...facts],
    fix: [
      `# on ${node}: is ${hop.address} the right router, is ${hop.device} in the right VLAN, is ICMPv6 133-136 let through?`,
      `ip -6 route show default; ip -6 neigh show ${hop.address} dev ${hop.device}`,
    ].join('\n'),
  };
}

/** Some of what the node itself tries gets lost, and some of what the pod tries: the path that they share. */
function lossy(node: string, tallies: readonly Tally[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'node-upstream-black-hole',
    confidence: 'likely',
    ruledOut: ['node-nexthop-unreachable'],
    neighbours: [],
    isDeciding: false,
    summary: `Some connects of node ${node} itself get lost as well, so one of several paths beyond the node loses what takes it.`,
    facts: tallies.map(describeTally),
    fix: `# nothing in the cluster repairs this; give the network team these destinations, ${node}'s address, and that it depends on the port:\n# one of several links, routers or firewalls that flows are spread over is dead`,
  };
}

function isFlaky(tallies: readonly Tally[]): boolean {
  const ipv6 = tallies.filter(({ family }) => family === 6);
  return ipv6.some(({ connected, attempts }) => connected > 0 && connected < attempts);
}

/** What has to be there in each cloud, by the scheme of a node's providerID. */
const checklists: Readonly<Record<string, string>> = {
  aws: 'a ::/0 route to an internet gateway or egress-only internet gateway in the subnet, IPv6 egress in security groups and network ACLs',
  gce: 'external IPv6 access on the subnet (not INTERNAL), and an egress firewall rule for ::/0',
  azure: 'an IPv6 frontend with an outbound rule on the load balancer, and IPv6 egress in the network security group',
  alicloud: 'public bandwidth on the IPv6 gateway for this address, and IPv6 egress in the security group',
  openstack: "IPv6 egress in the port's security groups, and a router with an IPv6 gateway on the subnet",
  digitalocean: 'IPv6 enabled on the droplet and in its firewall',
  oci: 'a ::/0 route to the internet gateway, and IPv6 egress in security lists',
  ibm: 'IPv6 on the subnet, and its access lists',
};

function missingInCloud(
  node: string,
  provider: string,
  failing: readonly Tally[],
  facts: readonly string[],
): Judgement {
  const places = failing.map(({ address }) => address).join(' and ');
  return {
    outcome: 'fail',
    cause: 'cloud-v6-egress-missing',
    confidence: 'likely',
    ruledOut: ['node-nexthop-unreachable'],
    neighbours: ['node-upstream-black-hole'],
    isDeciding: false,
    summary: `Node ${node} itself gets no answer from ${places}, though it has a route and its gateway answers; it runs on ${provider}, whose IPv6 way out is made of parts that this cluster cannot see.`,
    facts: [...facts, `providerID of the node: ${provider}://`],
    fix: `# nothing in the cluster repairs this. Check in ${provider}: ${checklists[provider]}`,
  };
}

interface Beyond {
  readonly isHopKnown: boolean;
  readonly provider: string | null;
  readonly isProved: boolean;
}

function blackHole(
  node: string,
  failing: readonly Tally[],
  facts: readonly string[],
  { isHopKnown, provider, isProved }: Beyond,
): Judgement {
  const isSilent = failing.every(({ failures }) => failures.every((outcome) => outcome === 'TIMEOUT'));
  if (provider !== null && provider in checklists && isHopKnown && isSilent) {
    return missingInCloud(node, provider, failing, facts);
  }
  const places = failing.map(({ address }) => address).join(' and ');
  return {
    outcome: 'fail',
    cause: 'node-upstream-black-hole',
    confidence: isProved ? 'certain' : 'likely',
    ruledOut: isHopKnown ? ['node-nexthop-unreachable'] : [],
    neighbours: isHopKnown ? [] : ['node-nexthop-unreachable'],
    isDeciding: false,
    summary: `Node ${node} itself does not reach ${places}, though it has a route, so the network beyond the node does not carry its IPv6.`,
    facts,
    fix: `# nothing in the cluster repairs this; give the network team these destinations and ${node}'s address. Check:\n# upstream IPv6 routing, firewalls, security groups, and in clouds the ::/0 route to an internet gateway`,
  };
}

function oneDestination(node: string, failing: readonly Tally[], facts: readonly string[]): Judgement {
  const [first] = failing;
  const refuses = first?.failures.every((outcome) => outcome === 'ECONNREFUSED') === true;
  return {
    outcome: 'inconclusive',
    summary: refuses
      ? `${first.address} refuses port ${first.port} to node ${node} as well: packets travel both ways, and nothing listens there or a firewall says no.`
      : `Node ${node} does not reach ${first?.address ?? 'the destination'} either: the destination or the network beyond the node is at fault.`,
    facts,
    settledBy: 'A second destination tells the two apart: ask again without a destination.',
  };
}

function gatewaysOf(
  lookups: Evidence['nodeDestinationRoutes'] | null,
  routes: Evidence['nodeRoutes'] | null,
): Set<string> {
  const looked = (lookups ?? []).flatMap(({ gateway }) => gateway ?? []);
  const usable = (routes ?? []).filter((route) => isDefault(route) && !isNullEntry(route) && !isExpired(route));
  return new Set(looked.length > 0 ? looked : usable.flatMap(({ gateway }) => gateway ?? []));
}

/** An entry that nobody made yet is no failure: the table is empty before first use. */
function deadHop(neighbours: Evidence['nodeNeighbours'] | null, gateways: ReadonlySet<string>): Neighbour | null {
  const dead = (neighbours ?? []).filter(
    ({ address, state }) => gateways.has(address) && /FAILED|INCOMPLETE/.test(state),
  );
  return dead[0] ?? null;
}
