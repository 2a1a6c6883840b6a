import type { Evidence } from '../../evidence/evidence.ts';
import type { PodObject } from '../../evidence/objects.ts';
import { type Observation, observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { assignedIPv6, exemptInNodesNetwork, podName, publishedIPv6 } from '../pod.ts';
import { withoutAddresses, withoutIPv6 } from '../unassigned.ts';

export const podAddresses = defineCheck({
  id: 'pod-addresses',
  stage: 'address',
  title: 'Pod has an IPv6 address',
  failureTitle: 'Pod has no usable IPv6 address',
  needs: ['pod'],
  mayUse: ['attempt', 'podAddresses', 'podSysctls', 'podLinks', 'podNames', 'calico', 'node', 'events'],
  causes: [
    'pod-ipv6-not-requested',
    'pod-predates-ipv6',
    'ipv6-ipam-cannot-allocate',
    'podips-status-missing-ipv6',
    'pod-disable-ipv6-sysctl',
    'pod-mtu-below-1280',
  ],
  exempts: exemptInNodesNetwork,

  evaluate({ pod }, extra) {
    const published = publishedIPv6(pod);
    if (published !== null) return insidePod(pod, published, extra);

    const assigned = assignedIPv6(pod);
    if (assigned !== null) return notPublished(pod, assigned, observedIn(extra.node)?.containerRuntime ?? null);
    const without = {
      ...{ pod, attempt: observedIn(extra.attempt) },
      ...{ calico: observedIn(extra.calico), node: observedIn(extra.node) },
      ...{ events: observedIn(extra.events), names: observedIn(extra.podNames) },
    };
    return pod.podIPs.length > 0 ? withoutIPv6(without) : withoutAddresses(without);
  },
});

function notPublished(pod: PodObject, assigned: string, runtime: string | null): Judgement {
  const isDocker = runtime?.startsWith('docker') === true;
  return {
    outcome: 'fail',
    cause: 'podips-status-missing-ipv6',
    confidence: 'certain',
    ruledOut: ['pod-ipv6-not-requested'],
    neighbours: [],
    isDeciding: false,
    summary: `Calico assigned ${assigned} to pod ${podName(pod)}, but the kubelet does not publish it in status.podIPs, so Calico removes the node's route to it.`,
    facts: [
      `annotation cni.projectcalico.org/podIPs: ${pod.annotations['cni.projectcalico.org/podIPs']}`,
      `status.podIPs: ${pod.podIPs.join(', ') || 'empty'}`,
      ...(runtime === null ? [] : [`container runtime of ${pod.nodeName}: ${runtime}`]),
    ],
    fix: [
      isDocker
        ? `# start cri-dockerd on ${pod.nodeName} with --ipv6-dual-stack=true (its default is off), or move to containerd`
        : `# the container runtime of ${pod.nodeName ?? 'the node'} must report both addresses of a sandbox to the kubelet`,
      `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
    ].join('\n'),
  };
}

interface Inside {
  readonly podAddresses: Observation<Evidence['podAddresses']>;
  readonly podSysctls: Observation<Evidence['podSysctls']>;
  readonly podLinks: Observation<Evidence['podLinks']>;
}

function insidePod(pod: PodObject, address: string, { podAddresses, podSysctls, podLinks }: Inside): Judgement {
  const seen = observedIn(podAddresses);
  const device = seen?.find((each) => each.address === address)?.device ?? 'eth0';
  const sysctls = observedIn(podSysctls) ?? {};
  const switched = [`all/disable_ipv6`, `${device}/disable_ipv6`].filter((key) => sysctls[key] === '1');
  const link = observedIn(podLinks)?.find(({ name }) => name === device);
  const recreate = `kubectl -n ${pod.namespace} delete pod ${pod.name}`;
  const common = {
    outcome: 'fail',
    ruledOut: ['pod-ipv6-not-requested', 'podips-status-missing-ipv6'],
    isDeciding: false,
  } as const;

  if (switched.length > 0) {
    return {
      ...common,
      cause: 'pod-disable-ipv6-sysctl',
      confidence: 'certain',
      neighbours: [],
      summary: `IPv6 is switched off inside pod ${podName(pod)}; Calico switches it on when it creates a pod, so something in the pod did it later.`,
      facts: [`status.podIPs has ${address}`, ...switched.map((key) => `net.ipv6.conf.${key.replace('/', '.')} = 1`)],
      fix: `# find the init container, entrypoint or securityContext.sysctls that writes it:\nkubectl -n ${pod.namespace} get pod ${pod.name} -o yaml | grep -n -B3 -A3 disable_ipv6\n# setting it back does not restore the address or the default route, so create the pod again:\n${recreate}`,
    };
  }
  if (link !== undefined && link.mtu < 1280) {
    return {
      ...common,
      cause: 'pod-mtu-below-1280',
      confidence: 'certain',
      neighbours: [],
      summary: `${device} of pod ${podName(pod)} has an MTU of ${link.mtu}; below 1280 Linux takes IPv6 away from an interface.`,
      facts: [`${device} mtu ${link.mtu}`, `status.podIPs has ${address}`],
      fix: `# raise the MTU in the CNI configuration (operator: Installation spec.calicoNetwork.mtu) to at least 1280, then\n${recreate}`,
    };
  }
  if (seen === null) {
    return {
      outcome: 'inconclusive',
      summary: `Pod ${podName(pod)} has ${address} by its status, but nothing could look at its interfaces.`,
      facts: [`status.podIPs: ${pod.podIPs.join(', ')}`, gap(podAddresses)],
    };
  }
  return ownAddress(pod, address, seen, sysctls);
}

function ownAddress(
  pod: PodObject,
  address: string,
  seen: Evidence['podAddresses'],
  sysctls: Evidence['podSysctls'],
): Judgement {
  const facts = seen.map(({ address: each, prefixLength, device, flags }) =>
    `${each}/${prefixLength} dev ${device} ${flags.join(' ')}`.trim(),
  );
  const own = seen.find((each) => each.address === address);
  if (own === undefined) return lostAddress(pod, address, facts, sysctls);
  if (own.flags.includes('dadfailed') || own.flags.includes('tentative')) {
    return {
      outcome: 'inconclusive',
      summary: `${address} of pod ${podName(pod)} is ${own.flags.join(' ')}, so the kernel does not send from it.`,
      facts,
    };
  }
  return {
    outcome: 'pass',
    summary: `Pod ${podName(pod)} has ${address} on ${own.device}, as its status says.`,
    facts,
  };
}

function gap(observation: Observation<unknown>): string {
  return observation.status === 'failed' ? `${observation.detail} (${observation.code})` : '';
}

/**
 * Calico writes accept_dad=0 when it makes the interface. An MTU below 1280 takes the interface's IPv6 settings away with its
 * addresses, and they come back as the kernel's defaults; a sysctl that was switched off and on leaves them.
 */
function lostAddress(
  pod: PodObject,
  address: string,
  facts: readonly string[],
  sysctls: Evidence['podSysctls'],
): Judgement {
  const acceptDad = sysctls['eth0/accept_dad'];
  const isReset = acceptDad === '1';
  const history = isReset ? 'its MTU was below 1280 for a moment' : 'IPv6 was switched off and on again';
  return {
    outcome: 'fail',
    cause: isReset ? 'pod-mtu-below-1280' : 'pod-disable-ipv6-sysctl',
    confidence: 'likely',
    ruledOut: ['pod-ipv6-not-requested', 'podips-status-missing-ipv6'],
    neighbours: [isReset ? 'pod-disable-ipv6-sysctl' : 'pod-mtu-below-1280'],
    isDeciding: false,
    summary: `Pod ${podName(pod)} has lost ${address}: its status has the address and its interface has not, as after ${history}.`,
    facts: [
      `status.podIPs has ${address}`,
      ...(facts.length > 0 ? facts : ['no IPv6 address on any interface']),
      ...(acceptDad === undefined ? [] : [`net.ipv6.conf.eth0.accept_dad = ${acceptDad}, which Calico sets to 0`]),
    ],
    fix: `kubectl -n ${pod.namespace} delete pod ${pod.name}`,
  };
}
