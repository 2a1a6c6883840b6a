import type { Evidence } from '../../evidence/evidence.ts';
import type { RouteLookup } from '../../evidence/network.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, lostOnTheWay } from '../failures.ts';
import { ownFlows } from '../own-flows.ts';

export const nodeUplink = defineCheck({
  id: 'node-uplink',
  stage: 'node-route',
  title: "Node's uplink has a usable address, and no rule diverts the pod's packets",
  failureTitle: "Node's uplink address or a routing rule stops the pod's packets",
  needs: ['nodeAddresses', 'nodeDestinationRoutes'],
  mayUse: ['node', 'pod', 'attempt', 'nodeForwardRoutes', 'nodeRoutingRules', 'nodeFlows', 'podConnects'],
  causes: ['node-address-dad-or-rule'],

  evaluate({ nodeAddresses, nodeDestinationRoutes }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const lost = attemptsThatEnded(extra.podConnects, [...lostOnTheWay, 'ENETUNREACH']);
    const own = nodeDestinationRoutes.filter(({ to, problem }) => to.includes(':') && problem === null);
    const diverted = (observedIn(extra.nodeForwardRoutes) ?? []).filter((way) =>
      own.some(({ to, device }) => to === way.to && (way.problem !== null || way.device !== device)),
    );
    const rules = (observedIn(extra.nodeRoutingRules) ?? []).filter(isNotTheKernels);
    const facts = [
      ...rules.map(describeRule),
      ...diverted.map((way) => `${way.to} from the pod: ${way.problem ?? `leaves by ${way.device}`}`),
    ];
    if (diverted.length > 0 && lost > 0) return divertedBy(node, diverted, rules, facts);

    const devices = new Set(own.flatMap(({ device }) => device ?? []));
    const uplink = nodeAddresses.filter(({ device, scope }) => scope === 'global' && devices.has(device));
    const unusable = uplink.filter(({ flags }) => flags.includes('dadfailed') || isTentative(flags));
    const listed = unusable.map(({ address, device, flags }) => `${address} on ${device}: ${flags.join(' ')}`);
    if (unusable.length > 0 && unusable.length === uplink.length) {
      const [pod, attempt] = [observedIn(extra.pod), observedIn(extra.attempt)];
      const flows = pod && attempt ? ownFlows(extra.nodeFlows, pod, attempt) : [];
      const isSeen = lost > 0 && flows.some(({ isUnreplied }) => isUnreplied);
      return unusableAddress(node, unusable, isSeen, [...listed, ...facts]);
    }
    return {
      outcome: 'pass',
      summary:
        own.length > 0
          ? `Node ${node} sends what comes from the pod the same way as its own packets.`
          : `Node ${node} has no route of its own that the pod's packets could be kept from.`,
      facts: [...listed, ...facts],
    };
  },
});

function divertedBy(
  node: string,
  diverted: readonly RouteLookup[],
  rules: Evidence['nodeRoutingRules'],
  facts: readonly string[],
): Judgement {
  const refused = diverted.filter(({ problem }) => problem !== null);
  const isCertain = refused.length > 0;
  const [first] = isCertain ? refused : diverted;
  const named = rules.map(describeRule).join('; ') || 'no rule that was read explains it';
  return {
    outcome: 'fail',
    cause: 'node-address-dad-or-rule',
    confidence: isCertain ? 'certain' : 'likely',
    ruledOut: ['node-no-default-or-global-v6'],
    neighbours: [],
    // The kernel's answer for this very packet: the pod's address, its interface and its destination.
    isDeciding: isCertain,
    summary: `Node ${node} reaches ${first?.to} itself, but sends what comes from the pod ${first?.problem ? `nowhere (${first.problem})` : `out of ${first?.device}`}: ${named}.`,
    facts,
    fix: `# on ${node}: which rule is it, and who adds it (a VPN, an egress gateway, cloud-init, keepalived)?\nip -6 rule; ${[...new Set(rules.map(({ action }) => action))].map((table) => `ip -6 route show table ${table}`).join('; ')}`,
  };
}

function unusableAddress(
  node: string,
  unusable: Evidence['nodeAddresses'],
  isSeen: boolean,
  facts: readonly string[],
): Judgement {
  const [first] = unusable;
  const isDuplicate = unusable.some(({ flags }) => flags.includes('dadfailed'));
  return {
    outcome: 'fail',
    cause: 'node-address-dad-or-rule',
    confidence: 'certain',
    ruledOut: ['masquerade-source-unroutable'],
    neighbours: [],
    isDeciding: isSeen,
    summary: `${first?.address} on ${first?.device} of node ${node} ${isDuplicate ? 'is in use by another host, so duplicate address detection took it away' : 'has not passed duplicate address detection'}; the node has no other global address there to send from.`,
    facts,
    fix: `# on ${node}: find the other host (its MAC answers for the address on that network), or give the node another address\nip -6 addr show dev ${first?.device} scope global`,
  };
}

function isTentative(flags: readonly string[]): boolean {
  return flags.includes('tentative') && !flags.includes('optimistic');
}

function isNotTheKernels({ action, from, to, incoming, mark }: Evidence['nodeRoutingRules'][number]): boolean {
  return from !== 'all' || to !== 'all' || incoming !== null || mark !== null || !/^(local|main|default)$/.test(action);
}

function describeRule({ priority, from, to, incoming, mark, action }: Evidence['nodeRoutingRules'][number]): string {
  const words = [
    `rule ${priority}: from ${from}`,
    ...(to === 'all' ? [] : [`to ${to}`]),
    ...(incoming === null ? [] : [`iif ${incoming}`]),
    ...(mark === null ? [] : [`fwmark ${mark}`]),
    /^(blackhole|unreachable|prohibit)$/.test(action) ? action : `lookup ${action}`,
  ];
  return words.join(' ');
}
