import type { Route } from '../../evidence/network.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck } from '../check.ts';
import { exemptWithoutIPv6, podName } from '../pod.ts';
import { describeRoute, isDefault, isNullEntry } from '../routes.ts';

export const podDefaultRoute = defineCheck({
  id: 'pod-default-route',
  stage: 'pod-route',
  title: 'Pod has an IPv6 default route',
  failureTitle: 'Pod has no IPv6 default route',
  needs: ['pod', 'podRoutes'],
  mayUse: ['nodePodRoute', 'nodeAddresses'],
  causes: ['pod-no-default-v6-route'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, podRoutes }, { nodePodRoute, nodeAddresses }) {
    const real = podRoutes.filter((route) => !isNullEntry(route));
    const defaults = real.filter(isDefault);
    const facts = real.filter(({ type }) => type !== 'multicast').map(describeRoute);
    const usable = defaults.filter(({ type }) => type === 'unicast');
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
