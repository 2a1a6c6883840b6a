import { object } from '../object.ts';
import type { Plan } from '../plan.ts';
import { type Injection, variantsOf } from './entry.ts';
import { annotate, edits, inPod, onNode, setPool6, setSpec, unplugIPv6, withoutIPv6 } from './words.ts';

const never = { status: true, annotation: true };

/** A pod that its node could not start: no address of any family, and an event that says why. */
function stuck(plan: Plan, message: string, more: Pick<Injection, 'edit'>): Injection {
  const { subject } = plan;
  const waiting = { state: { waiting: { reason: 'ContainerCreating' } }, ready: false, restartCount: 0 };
  const event = object(
    'v1',
    'Event',
    { namespace: 'shop', name: `${subject.name}.${plan.random.hex(16)}`, uid: plan.random.uid() },
    {
      type: 'Warning',
      reason: 'FailedCreatePodSandBox',
      message: `Failed to create pod sandbox: plugin type="calico" failed (add): ${message}`,
      involvedObject: { kind: 'Pod', namespace: 'shop', name: subject.name, uid: subject.uid },
      count: 9,
    },
  );
  return {
    script: [onNode(plan, `ip link del ${subject.veth}`)],
    objects: [event],
    edit: edits(
      annotate('Pod', subject.name, { 'cni.projectcalico.org/podIP': null, 'cni.projectcalico.org/podIPs': null }),
      (each) =>
        each.kind === 'Pod' && each.metadata.name === subject.name
          ? {
              ...each,
              status: {
                phase: 'Pending',
                hostIP: subject.node.primary,
                containerStatuses: subject.containers.map(({ name }) => ({ name, ...waiting })),
              },
            }
          : each,
      more.edit ?? ((each) => each),
    ),
  };
}

export const addressEntries = [
  ...variantsOf('pod-ipv6-not-requested', 'address', {
    '': {
      how: 'the CNI configuration does not ask for an IPv6 address, so the pod has none',
      inject: (plan) => ({
        script: unplugIPv6(plan),
        edit: edits(withoutIPv6(plan, never), (each) =>
          each.kind === 'ConfigMap' && each.metadata.name === 'cni-config'
            ? {
                ...each,
                data: {
                  config: String((each.data as { config: string }).config).replace(
                    '"assign_ipv6":"true"',
                    '"assign_ipv6":"false"',
                  ),
                },
              }
            : each,
        ),
      }),
    },
    'families-annotation': {
      how: 'an annotation on the pod asks for IPv4 alone',
      inject: (plan) => ({
        script: unplugIPv6(plan),
        edit: edits(
          withoutIPv6(plan, never),
          annotate('Pod', plan.subject.name, { 'cni.projectcalico.org/ipFamilies': '["IPv4"]' }),
        ),
      }),
    },
  }),
  ...variantsOf('pod-predates-ipv6', 'address', {
    '': {
      how: 'the pod was created before the cluster had an IPv6 pool',
      inject: (plan) => ({
        script: unplugIPv6(plan),
        edit: edits(withoutIPv6(plan, never), (each) => {
          const isSubject = each.kind === 'Pod' && each.metadata.name === plan.subject.name;
          const isPool = each.kind === 'IPPool' && /ipv6/.test(each.metadata.name);
          const creationTimestamp = isSubject ? '2025-11-03T10:00:00Z' : isPool ? '2025-12-15T09:00:00Z' : null;
          return creationTimestamp ? { ...each, metadata: { ...each.metadata, creationTimestamp } } : each;
        }),
      }),
    },
  }),
  ...variantsOf('podips-status-missing-ipv6', 'address', {
    '': {
      how: "Calico assigned an address that the kubelet does not publish, and took the node's route to it away",
      inject: (plan) => ({
        script: [onNode(plan, `ip -6 route del ${plan.subject.ipv6}/128`)],
        edit: edits(withoutIPv6(plan, { status: true, annotation: false }), (each) =>
          each.kind === 'Node'
            ? {
                ...each,
                status: {
                  ...(each.status as object),
                  nodeInfo: {
                    containerRuntimeVersion: 'docker://27.5.1',
                    kubeletVersion: 'v1.36.2',
                    kernelVersion: '6.12.0',
                  },
                },
              }
            : each,
        ),
      }),
    },
  }),
  ...variantsOf('ipv6-ipam-cannot-allocate', 'address', {
    '': {
      how: 'the only IPv6 pool is disabled, so the pod never starts',
      inject: (plan) =>
        stuck(plan, 'failed to request IPv6 addresses: no configured Calico pools for IP version 6', {
          edit: setPool6({ disabled: true }),
        }),
    },
    'node-selector': {
      how: "the IPv6 pool's node selector matches no node",
      inject: (plan) =>
        stuck(plan, 'failed to request IPv6 addresses: no configured Calico pools for node', {
          edit: setPool6({ nodeSelector: "topology.kubernetes.io/zone == 'west'" }),
        }),
    },
    'unknown-pool': {
      how: 'an annotation of the pod names an IPv6 pool that does not exist',
      inject: (plan) => {
        const name = `pool-${plan.random.suffix(4)}`;
        return stuck(plan, `the given pool (${name}) does not exist, or is not enabled`, {
          edit: annotate('Pod', plan.subject.name, { 'cni.projectcalico.org/ipv6pools': `["${name}"]` }),
        });
      },
    },
    manual: {
      how: 'the IPv6 pool hands out addresses on demand alone',
      inject: (plan) =>
        stuck(plan, 'failed to request IPv6 addresses: no configured Calico pools', {
          edit: setSpec('IPPool', /ipv6/, { assignmentMode: 'Manual' }),
        }),
    },
  }),
  ...variantsOf('pod-disable-ipv6-sysctl', 'address', {
    '': {
      how: "IPv6 was switched off on the pod's eth0",
      inject: (plan) => ({ script: [inPod(plan, 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6')] }),
    },
    all: {
      how: 'IPv6 was switched off in the whole pod',
      inject: (plan) => ({ script: [inPod(plan, 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6')] }),
    },
    restored: {
      how: 'IPv6 was switched off and on again in the pod, which brings neither address nor route back',
      inject: (plan) => ({
        script: [inPod(plan, ...[1, 0].map((value) => `echo ${value} >/proc/sys/net/ipv6/conf/all/disable_ipv6`))],
      }),
    },
  }),
  ...variantsOf('pod-mtu-below-1280', 'address', {
    '': {
      how: "the pod's eth0 has an MTU of 1279, so the kernel took IPv6 away",
      inject: (plan) => ({ script: [inPod(plan, 'ip link set eth0 mtu 1279')] }),
    },
    restored: {
      how: "the pod's MTU was below 1280 for a moment, and raising it brought only the link-local address back",
      inject: (plan) => ({
        script: [inPod(plan, 'ip link set eth0 mtu 1200', `ip link set eth0 mtu ${plan.podMtu}`)],
      }),
    },
  }),
];
