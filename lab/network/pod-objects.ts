import type { KubeObject } from '../contract.ts';
import { born, object } from './object.ts';
import type { Plan, PodPlan } from './plan.ts';

interface PodState {
  readonly phase?: string;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly isReady?: boolean;
  readonly hostNetwork?: boolean;
  readonly nodeName?: string | null;
  readonly ips?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: Readonly<Record<string, unknown>>;
}

const running = { running: { startedAt: born } };

export function podObject(
  plan: Plan,
  pod: Pick<PodPlan, 'namespace' | 'name' | 'uid' | 'containers'>,
  state: PodState,
): KubeObject {
  const { phase = 'Running', isReady = true, nodeName = plan.nodeName, ips = [], labels = {}, owner } = state;
  const withMasks = ips.map((ip) => `${ip}/${ip.includes(':') ? 128 : 32}`);
  return object(
    'v1',
    'Pod',
    {
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      labels,
      annotations:
        withMasks.length > 0 && !state.hostNetwork
          ? { 'cni.projectcalico.org/podIP': withMasks[0] ?? '', 'cni.projectcalico.org/podIPs': withMasks.join(',') }
          : {},
      ...(owner ? { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] } : {}),
    },
    {
      spec: {
        ...(nodeName === null ? {} : { nodeName }),
        ...(state.hostNetwork ? { hostNetwork: true } : {}),
        serviceAccountName: 'default',
        containers: pod.containers.map(({ name }) => ({
          name,
          image: `registry.example/${name}:1.0`,
          env: [{ name: 'API_TOKEN', value: 'planted-secret-token' }],
        })),
      },
      status: {
        phase,
        ...(nodeName === null ? {} : { hostIP: plan.nodeIPv4 }),
        ...(ips.length > 0 ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
        ...(phase === 'Pending' && nodeName === null
          ? { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }
          : {
              containerStatuses: pod.containers.map(({ name }) => ({
                name,
                ready: isReady,
                restartCount: isReady ? 0 : 14,
                state: state.state ?? running,
                containerID: `containerd://${pod.uid.replaceAll('-', '')}`,
              })),
            }),
      },
    },
  );
}

/** A Deployment, its ReplicaSet and its one pod. */
export function workloadObjects(plan: Plan, pod: PodPlan): KubeObject[] {
  const { namespace, app, replicaSet } = pod;
  const hash = replicaSet.slice(app.length + 1);
  const deploymentUid = plan.random.uid();
  const setUid = plan.random.uid();
  const template = { metadata: { labels: { app } } };
  const ips = [pod.ipv4, ...(pod.ipv6 ? [pod.ipv6] : [])];
  return [
    object(
      'apps/v1',
      'Deployment',
      { namespace, name: app, uid: deploymentUid, labels: { app } },
      {
        spec: { replicas: 1, selector: { matchLabels: { app } }, template },
      },
    ),
    object(
      'apps/v1',
      'ReplicaSet',
      {
        namespace,
        name: replicaSet,
        uid: setUid,
        labels: { app, 'pod-template-hash': hash },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: app, uid: deploymentUid, controller: true },
        ],
      },
      { spec: { replicas: 1, selector: { matchLabels: { app, 'pod-template-hash': hash } }, template } },
    ),
    podObject(plan, pod, {
      ips,
      labels: { app, 'pod-template-hash': hash },
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: setUid },
    }),
  ];
}

/** Pods that are only objects: what people ask about by mistake. */
export function oddPods(plan: Plan): KubeObject[] {
  const { random } = plan;
  const odd = (name: string) => ({
    namespace: 'shop',
    name: `${name}-${random.suffix(5)}`,
    uid: random.uid(),
    containers: [{ name: 'app', image: 'busybox' as const }],
  });
  const crash = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } };
  return [
    podObject(plan, odd('waiting'), { phase: 'Pending', nodeName: null, labels: { app: 'waiting' } }),
    podObject(plan, odd('crashing'), { isReady: false, state: crash, labels: { app: 'crashing' } }),
    podObject(plan, odd('finished'), {
      phase: 'Succeeded',
      isReady: false,
      state: { terminated: { exitCode: 0, reason: 'Completed' } },
      labels: { app: 'finished' },
    }),
    podObject(plan, odd('agent'), {
      hostNetwork: true,
      ips: [plan.nodeIPv4, plan.nodeIPv6],
      labels: { app: 'agent' },
    }),
  ];
}
