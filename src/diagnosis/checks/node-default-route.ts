import type { Evidence } from '../../evidence/evidence.ts';
import type { Route } from '../../evidence/network.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { riseOf } from '../counters.ts';
import { attemptsThatEnded } from '../failures.ts';
import { describeRoute, isDefault, isExpired, isNullEntry } from '../routes.ts';

export const nodeDefaultRoute = defineCheck({
  id: 'node-default-route',
  stage: 'node-route',
  title: 'Node has an IPv6 route to the outside',
  failureTitle: 'Node has no IPv6 route to the outside',
  needs: ['nodeRoutes'],
  mayUse: [
    'node',
    'attempt',
    'nodeDestinationRoutes',
    'nodeSysctls',
    'nodeAddresses',
    'nodeCounters',
    'podCounters',
    'podConnects',
  ],
  causes: ['node-no-default-or-global-v6', 'node-ra-default-route-lost'],

  evaluate({ nodeRoutes }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const defaults = nodeRoutes.filter((route) => isDefault(route) && !isNullEntry(route));
    // Other tables are for what a routing rule leads there.
    const listed = defaults.filter(({ table }) => table === null || table === 'main');
    const facts = listed.length > 0 ? listed.map(describeRoute) : ['no IPv6 default route'];
    const lookups = (observedIn(extra.nodeDestinationRoutes) ?? []).filter(({ to }) => to.includes(':'));
    // The kernel's own answer counts first: it knows rules, other tables and narrower routes.
    if (lookups.length > 0 && lookups.every(({ problem, device }) => problem === null && device !== null)) {
      const ways = lookups.map(
        ({ to, gateway, device }) => `${to}${gateway === null ? '' : ` via ${gateway}`} dev ${device}`,
      );
      return {
        outcome: 'pass',
        summary: `Node ${node} has a route to ${lookups.map(({ to }) => to).join(' and ')}.`,
        facts: [...ways, ...facts],
      };
    }

    const best = listed.filter((route) => !isExpired(route)).toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0))[0];
    if (best?.type === 'unicast' && lookups.every(({ problem }) => problem === null)) {
      return { outcome: 'pass', summary: `Node ${node} has an IPv6 default route out of ${best.device}.`, facts };
    }

    const sysctls = observedIn(extra.nodeSysctls);
    if (sysctls?.['all/disable_ipv6'] === '1') {
      return {
        outcome: 'fail',
        cause: null,
        summary: `Node ${node} has no IPv6 route to the outside, for IPv6 is switched off on it.`,
        facts: ['net.ipv6.conf.all.disable_ipv6 = 1', ...facts],
      };
    }
    const refusals = lookups.flatMap(({ to, problem }) =>
      problem === null ? [] : [`ip -6 route get ${to}: ${problem}`],
    );
    const unrouted = riseOf(extra.nodeCounters, 'Ip6InNoRoutes') ?? 0;
    const refusedInPod = riseOf(extra.podCounters, 'Ip6OutNoRoutes');
    const unreached = attemptsThatEnded(extra.podConnects, ['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'TIMEOUT']);
    const isDeciding = refusedInPod === 0 && unreached > 0 && unrouted >= unreached;
    const counted = unrouted > 0 ? [`Ip6InNoRoutes rose by ${unrouted} on ${node}`] : [];
    return noRoute(
      node,
      { facts: [...facts, ...refusals, ...counted], isDeciding, listed, best, isAsked: lookups.length > 0 },
      { sysctls, addresses: observedIn(extra.nodeAddresses) },
    );
  },
});

interface Seen {
  readonly facts: readonly string[];
  readonly isDeciding: boolean;
  readonly listed: readonly Route[];
  readonly best: Route | undefined;
  /** The kernel was asked for the way to a destination. */
  readonly isAsked: boolean;
}

interface Uplinks {
  readonly sysctls: Evidence['nodeSysctls'] | null;
  readonly addresses: Evidence['nodeAddresses'] | null;
}

function noRoute(
  node: string,
  { facts, isDeciding, listed, best, isAsked }: Seen,
  { sysctls, addresses }: Uplinks,
): Judgement {
  const deaf = best ? null : deafUplink(listed, sysctls, addresses);
  if (deaf) {
    return {
      outcome: 'fail',
      cause: 'node-ra-default-route-lost',
      confidence: deaf.isLearned ? 'certain' : 'likely',
      ruledOut: [],
      neighbours: deaf.isLearned ? [] : ['node-no-default-or-global-v6'],
      isDeciding,
      summary: `Node ${node} has lost the default route that ${deaf.device} learned from Router Advertisements: it forwards, and with accept_ra=1 a forwarding interface ignores them.`,
      facts: [...facts, ...deaf.facts],
      fix: [
        `# on ${node}; "all" does not reach an interface that exists`,
        `echo 'net.ipv6.conf.${deaf.device}.accept_ra = 2' > /etc/sysctl.d/90-ipv6-accept-ra.conf && sysctl --system`,
        '# the route is back with the next Router Advertisement. Or configure a static default route.',
      ].join('\n'),
    };
  }
  const isRefusing = best !== undefined && best.type !== 'unicast';
  // Addresses tell whether Router Advertisements ever came, and only the kernel's answer knows all tables and rules.
  const isKnown = sysctls !== null && addresses !== null && isAsked;
  return {
    outcome: 'fail',
    cause: 'node-no-default-or-global-v6',
    confidence: isKnown ? 'certain' : 'likely',
    ruledOut: isKnown ? ['node-ra-default-route-lost'] : [],
    neighbours: isKnown
      ? []
      : ['node-ra-default-route-lost', ...(isAsked ? [] : (['node-address-dad-or-rule'] as const))],
    isDeciding,
    summary: isRefusing
      ? `The IPv6 default route of node ${node} is ${best.type}, so the node refuses packets for the outside.`
      : `Node ${node} has no IPv6 default route, so packets from its pods end there.`,
    facts,
    fix: `# on ${node}, with the router and interface of its network; make it permanent in netplan, networkd or NetworkManager\nip -6 route ${isRefusing ? 'replace' : 'add'} default via <router> dev <uplink>`,
  };
}

/** An interface that Router Advertisements configured and that no longer listens to them. */
function deafUplink(
  listed: readonly Route[],
  sysctls: Evidence['nodeSysctls'] | null,
  addresses: Evidence['nodeAddresses'] | null,
): { readonly device: string; readonly isLearned: boolean; readonly facts: readonly string[] } | null {
  if (sysctls === null) return null;
  const isDeaf = (device: string) => sysctls[`${device}/accept_ra`] === '1' && sysctls[`${device}/forwarding`] === '1';
  const expired = listed.find((route) => route.protocol === 'ra' && isExpired(route))?.device ?? null;
  const learned = (addresses ?? []).find(
    ({ scope, flags, device }) =>
      scope === 'global' && !flags.includes('permanent') && isUplink(device) && isDeaf(device),
  );
  const device = expired !== null && isDeaf(expired) ? expired : (learned?.device ?? null);
  if (device === null) return null;
  const settings = ['accept_ra', 'forwarding'].map(
    (name) => `net.ipv6.conf.${device}.${name} = ${sysctls[`${device}/${name}`]}`,
  );
  const address = learned
    ? [`${learned.address}/${learned.prefixLength} on ${device} still comes from a Router Advertisement`]
    : [];
  return { device, isLearned: learned !== undefined || expired !== null, facts: [...settings, ...address] };
}

/** Pods' links and tunnels never hear a Router Advertisement. */
function isUplink(device: string): boolean {
  return !/^(lo$|cali|vxlan|tunl|wg|wireguard|docker|veth)/.test(device);
}
