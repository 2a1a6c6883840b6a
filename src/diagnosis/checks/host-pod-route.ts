import type { Evidence } from '../../evidence/evidence.ts';
import type { PodObject } from '../../evidence/objects.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, lostOnTheWay } from '../failures.ts';
import { isDrop, risenRules } from '../filter-counters.ts';
import { hostInterface } from '../host-interface.ts';
import { exemptWithoutIPv6, ipv6Of, podName, publishedIPv6 } from '../pod.ts';
import { isDefault, isNullEntry } from '../routes.ts';

export const hostPodRoute = defineCheck({
  id: 'host-pod-route',
  stage: 'gateway',
  title: "Pod's link to its node works in both directions",
  failureTitle: "Pod's link to its node is broken",
  needs: ['pod', 'nodePodRoute'],
  mayUse: [
    ...(['podRoutes', 'nodeRoutes', 'nodeAddresses', 'nodeLinks', 'nodeSysctls'] as const),
    ...(['nodeFilterRules', 'podConnects', 'calicoNode'] as const),
  ],
  causes: ['host-pod-route-missing', 'pod-gateway-linklocal-mismatch', 'node-ipv6-disabled'],
  exempts: exemptWithoutIPv6,

  evaluate({ pod, nodePodRoute }, extra) {
    const uplinks = (observedIn(extra.nodeRoutes) ?? [])
      .filter((route) => isDefault(route) && !isNullEntry(route))
      .map(({ device }) => device);
    const { device, problem } = nodePodRoute;
    const veth = hostInterface(pod, observedIn(extra.calicoNode));
    const off = ['all', veth].filter((name) => observedIn(extra.nodeSysctls)?.[`${name}/disable_ipv6`] === '1');
    if (off.length > 0) return switchedOff(pod, off, nodePodRoute);

    const isElsewhere = observedIn(extra.nodeLinks)?.some(({ name }) => name === veth) === true && device !== veth;
    const isAstray =
      device === 'lo' || (device !== null && (isElsewhere || uplinks.includes(device) || isTunnel(device)));
    if (problem !== null || device === null || isAstray) {
      if (publishedIPv6(pod) === null) return routeOfUnpublished(pod, nodePodRoute);
      const isOn = extra.nodeSysctls.status === 'observed';
      return routeMissing(pod, nodePodRoute, spoofDrops(extra.nodeFilterRules, extra.podConnects), isOn);
    }

    const gateway = gatewayOf(observedIn(extra.podRoutes));
    const nodeSide = nodeSideOf(device, observedIn(extra.nodeAddresses));
    if (gateway !== null && nodeSide !== null && !nodeSide.includes(gateway)) {
      return gatewayMismatch(pod, device, gateway, nodeSide);
    }
    return {
      outcome: 'pass',
      summary: `Node ${pod.nodeName} reaches the pod through ${device}.`,
      facts: [
        `${nodePodRoute.to} dev ${device}`,
        ...(gateway === null || nodeSide === null ? [] : [`the pod's gateway ${gateway} is on ${device}`]),
      ],
    };
  },
});

function switchedOff(pod: PodObject, off: readonly string[], lookup: Evidence['nodePodRoute']): Judgement {
  const names = off.map((name) => (name === 'all' ? 'on the whole node' : `on ${name}`));
  return {
    outcome: 'fail',
    cause: 'node-ipv6-disabled',
    confidence: 'certain',
    ruledOut: ['host-pod-route-missing', 'pod-gateway-linklocal-mismatch'],
    neighbours: [],
    // Linux drops what comes in there before any rule or counter of ours sees it.
    isDeciding: false,
    summary: `IPv6 is switched off ${names.join(' and ')} of ${pod.nodeName}, so the pod's gateway has no address and nobody answers pod ${podName(pod)}.`,
    facts: [
      ...off.map((name) => `net.ipv6.conf.${name}.disable_ipv6 = 1`),
      `ip -6 route get ${lookup.to} on ${pod.nodeName}: ${lookup.problem ?? `leaves by ${lookup.device}`}`,
    ],
    fix: [
      `# on ${pod.nodeName}: remove what sets it (hardening in /etc/sysctl.d, ipv6.disable=1 on the kernel's command line), then`,
      'sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0',
      '# addresses and routes do not come back by themselves, so create the pod again:',
      `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
    ].join('\n'),
  };
}

/** Calico removes the route of an address that the pod's status does not publish: that is the fault, and this its consequence. */
function routeOfUnpublished(pod: PodObject, lookup: Evidence['nodePodRoute']): Judgement {
  return {
    outcome: 'fail',
    cause: null,
    summary: `Node ${pod.nodeName} has no route to ${lookup.to}, which the status of pod ${podName(pod)} does not publish.`,
    facts: [`ip -6 route get ${lookup.to} on ${pod.nodeName}: ${lookup.problem ?? `leaves by ${lookup.device}`}`],
  };
}

function routeMissing(
  pod: PodObject,
  lookup: Evidence['nodePodRoute'],
  drops: Drops,
  /** IPv6 is not switched off there, which would take the route as well. */
  isOn: boolean,
): Judgement {
  const answer = lookup.problem ?? `leaves by ${lookup.device}`;
  return {
    outcome: 'fail',
    cause: 'host-pod-route-missing',
    confidence: isOn ? 'certain' : 'likely',
    ruledOut: ['pod-gateway-linklocal-mismatch', ...(isOn ? (['node-ipv6-disabled'] as const) : [])],
    neighbours: isOn ? [] : ['node-ipv6-disabled'],
    isDeciding: drops.areOurs,
    summary: `Node ${pod.nodeName} has no route to ${ipv6Of(pod)} of pod ${podName(pod)}, so its reverse path filter drops what the pod sends and no reply comes back.`,
    facts: [`ip -6 route get ${lookup.to} on ${pod.nodeName}: ${answer}`, ...drops.facts],
    fix: [
      "# Calico puts the route back when it starts anew; find this node's calico-node pod and delete it:",
      `kubectl get pods -A -l k8s-app=calico-node --field-selector spec.nodeName=${pod.nodeName}`,
      '# keep NetworkManager away from the interfaces: unmanaged-devices=interface-name:cali*',
    ].join('\n'),
  };
}

function gatewayMismatch(pod: PodObject, device: string, gateway: string, nodeSide: readonly string[]): Judgement {
  return {
    outcome: 'fail',
    cause: 'pod-gateway-linklocal-mismatch',
    confidence: 'certain',
    ruledOut: ['host-pod-route-missing'],
    neighbours: [],
    isDeciding: false,
    summary: `Pod ${podName(pod)} sends to gateway ${gateway}, but ${device} on node ${pod.nodeName} has ${nodeSide.join(', ') || 'no link-local address'}, so nobody answers.`,
    facts: [
      `pod: default via ${gateway}`,
      `${pod.nodeName}: ${device} has ${nodeSide.join(', ') || 'no link-local address'}`,
    ],
    fix: [
      `# on ${pod.nodeName}; keep NetworkManager and systemd-networkd away from cali* interfaces, or it comes back`,
      `ip link set ${device} down && ip link set ${device} address ee:ee:ee:ee:ee:ee && ip link set ${device} up`,
      '# or create the pod again:',
      `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
    ].join('\n'),
  };
}

interface Drops {
  readonly areOurs: boolean;
  readonly facts: readonly string[];
}

/** Calico drops in the raw table what comes from a pod that the node has no route back to. */
function spoofDrops(
  rules: Observation<Evidence['nodeFilterRules']>,
  connects: Observation<Evidence['podConnects']>,
): Drops {
  const risen = risenRules(rules).filter(
    ({ table, rule }) => table.includes('raw') && /rpfilter|fib saddr/.test(rule) && isDrop(rule),
  );
  const packets = risen.reduce((sum, { rise }) => sum + rise, 0);
  const lost = attemptsThatEnded(connects, lostOnTheWay);
  return {
    areOurs: lost > 0 && packets >= lost,
    facts: risen.map(({ chain, rule, rise }) => `${chain} ${rule}: +${rise} packets`),
  };
}

/** Calico's gateway is a link-local address of the node's end; other CNIs answer for addresses that no interface has. */
function gatewayOf(routes: Evidence['podRoutes'] | null): string | null {
  const gateways = (routes ?? []).filter(isDefault).flatMap(({ gateway }) => gateway ?? []);
  return gateways.find((gateway) => gateway.startsWith('fe80:')) ?? null;
}

/** Null where the listing holds no link-local address of any device: then it shows nothing about this one. */
function nodeSideOf(device: string, addresses: Evidence['nodeAddresses'] | null): string[] | null {
  const linkLocal = (addresses ?? []).filter(({ scope }) => scope === 'link');
  if (linkLocal.length === 0) return null;
  return linkLocal.filter((each) => each.device === device).map(({ address }) => address);
}

function isTunnel(device: string): boolean {
  return /^(vxlan|tunl|wg|wireguard)/.test(device);
}
