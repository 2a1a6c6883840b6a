import type { KubeObject } from '../contract.ts';
import { born, object } from './object.ts';
import type { NodePlan, Plan, PodPlan } from './plan.ts';

interface PodState {
  readonly phase?: string;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly isReady?: boolean;
  readonly hostNetwork?: boolean;
  readonly isUnscheduled?: boolean;
  readonly ips?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: Readonly<Record<string, unknown>>;
}

const running = { running: { startedAt: born } };

export function podObject(
  pod: Pick<PodPlan, 'namespace' | 'name' | 'uid' | 'containers'> & { readonly node: NodePlan },
  state: PodState,
): KubeObject {
  const { phase = 'Running', isReady = true, isUnscheduled = false, ips = [], labels = {}, owner } = state;
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
        ...(isUnscheduled ? {} : { nodeName: pod.node.name }),
        ...(state.hostNetwork ? { hostNetwork: true } : {}),
        serviceAccountName: 'default',
        containers: pod.containers.map(({ name }) => ({
          name,
          image: name === 'calico-node' ? 'quay.io/calico/node:v3.32.1' : `registry.example/${name}:1.0`,
          env: [{ name: 'API_TOKEN', value: 'planted-secret-token' }],
        })),
      },
      status: {
        phase,
        ...(isUnscheduled ? {} : { hostIP: pod.node.primary }),
        ...(ips.length > 0 ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
        ...(isUnscheduled
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
  const ips = [pod.ipv4, pod.ipv6].filter((ip) => ip !== null);
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
    podObject(pod, {
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
    node: plan.nodes[0],
    containers: [{ name: 'app', image: 'busybox' as const }],
  });
  const crash = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } };
  return [
    podObject(odd('waiting'), { phase: 'Pending', isUnscheduled: true, labels: { app: 'waiting' } }),
    podObject(odd('crashing'), { isReady: false, state: crash, labels: { app: 'crashing' } }),
    podObject(odd('finished'), {
      phase: 'Succeeded',
      isReady: false,
      state: { terminated: { exitCode: 0, reason: 'Completed' } },
      labels: { app: 'finished' },
    }),
    podObject(odd('agent'), {
      hostNetwork: true,
      ips: plan.shape.family === 'dual' ? [plan.nodes[0].ipv4, plan.nodes[0].ipv6] : [plan.nodes[0].ipv6],
      labels: { app: 'agent' },
    }),
  ];
}
