import type { Route, RouteLookup } from '../../evidence/network.ts';
import type { PodObject } from '../../evidence/objects.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { exemptWithoutIPv6, ipv6Of, podName } from '../pod.ts';
import { describeRoute, isDefault, isNullEntry } from '../routes.ts';

export const podDefaultRoute = defineCheck({
  id: 'pod-default-route',
  stage: 'pod-route',
  title: 'Pod has an IPv6 default route',
  failureTitle: 'Pod has no IPv6 default route',
  needs: ['pod', 'podRoutes'],
  mayUse: ['nodePodRoute', 'nodeAddresses', 'podAddresses', 'podDestinationRoutes'],
  causes: ['pod-no-default-v6-route'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podRoutes }, { nodePodRoute, nodeAddresses, podAddresses, podDestinationRoutes }) {
    const real = podRoutes.filter((route) => !isNullEntry(route));
    const defaults = real.filter(isDefault);
    const facts = real.filter(({ type }) => type !== 'multicast').map(describeRoute);
    const usable = defaults.filter(({ type }) => type === 'unicast');
    const link = observedIn(podAddresses)?.find(({ address }) => address === ipv6Of(pod))?.device ?? null;
    const lookups = observedIn(podDestinationRoutes) ?? [];
    const refused = lookups.filter(({ problem }) => problem !== null);
    const astray = lookups.filter(({ device }) => link !== null && device !== null && device !== link);
    const isRefused = lookups.length > 0 && refused.length === lookups.length;
    // Where the kernel was not asked, its only default tells which interface it would take.
    const elsewhere = link !== null && lookups.length === 0 && usable.every(({ device }) => device !== link);
    if (usable.length > 0 && (isRefused || (lookups.length > 0 && astray.length === lookups.length) || elsewhere)) {
      return taken(pod, [...lookups.map(describeLookup), ...facts], usable, isRefused ? refused : astray);
    }
    if (usable.length > 0) {
      return {
        outcome: 'pass',
        summary: `Pod ${podName(pod)} sends packets for any address ${usable.map(nextHop).join(' and ')}.`,
        facts,
      };
    }

    const device = observedIn(nodePodRoute)?.device ?? null;
    const gateway = observedIn(nodeAddresses)?.find((each) => each.device === device && each.scope === 'link')?.address;
    return {
      outcome: 'fail',
      cause: 'pod-no-default-v6-route',
      confidence: 'certain',
      ruledOut: [],
      neighbours: [],
      isDeciding: false,
      summary:
        defaults.length > 0
          ? `The IPv6 default route of pod ${podName(pod)} is ${defaults.map(({ type }) => type).join(', ')}, so packets for the outside are refused inside the pod.`
          : `Pod ${podName(pod)} has no IPv6 default route, so packets for addresses outside its own link have nowhere to go.`,
      facts: facts.length > 0 ? facts : ['no IPv6 route at all'],
      fix: [
        '# custom ipam.routes in the CNI configuration replace the default route unless "include_default_routes": true is set;',
        '# a Multus default-route annotation or a VPN sidecar may also have taken it. Then create the pod again:',
        `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
        "# until then, in the pod's network namespace:",
        `ip -6 route replace default via ${gateway ?? 'fe80::ecee:eeff:feee:eeee'} dev eth0`,
      ].join('\n'),
    };
  },
});

function nextHop({ gateway, device }: Route): string {
  return gateway === null ? `out of ${device}` : `via ${gateway} on ${device}`;
}

/** The default route is there and is not what packets follow, or it leads past the link to the node. */
function taken(
  pod: PodObject,
  facts: readonly string[],
  usable: readonly Route[],
  [first]: readonly RouteLookup[],
): Judgement {
  const device = first?.device ?? usable[0]?.device ?? null;
  const why =
    first?.problem == null
      ? `packets for the outside leave by ${device}, past the link to its node`
      : `the kernel has no way for ${first.to} (${first.problem})`;
  return {
    outcome: 'fail',
    cause: 'pod-no-default-v6-route',
    confidence: 'certain',
    ruledOut: ['pod-source-not-wep-address'],
    neighbours: [],
    isDeciding: false,
    summary: `Something took the IPv6 default route of pod ${podName(pod)} over: ${why}.`,
    facts,
    fix: [
      `# ip -6 rule; ip -6 route show table all, in the pod: a VPN sidecar, a Multus default-route or ipam.routes did it.`,
      '# Take it away there, then create the pod again:',
      `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
    ].join('\n'),
  };
}

function describeLookup({ to, device, gateway, source, problem }: RouteLookup): string {
  const way = problem ?? `${gateway === null ? '' : `via ${gateway} `}dev ${device}`;
  return `ip -6 route get ${to} in the pod: ${way}${source === null ? '' : ` src ${source}`}`;
}
