import type { KubeObject } from '../../lab/contract.ts';

export const probeImage = 'registry.example/probe:1';
export const debugImage = 'registry.example/debug:1';

type Json = Record<string, unknown>;

/** As PodSecurity's restricted level wants it. */
const restricted = {
  ...{ allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 65_532, capabilities: { drop: ['ALL'] } },
  seccompProfile: { type: 'RuntimeDefault' },
};

export const ephemeral = {
  name: 'ipv6check-probe',
  image: probeImage,
  command: ['sleep', '600'],
  securityContext: restricted,
};

/** What may not be added to a pod, by what is wrong with it. */
export const wrongEphemerals: Readonly<Record<string, Json>> = {
  'another image': { ...ephemeral, image: 'registry.example/anything:1' },
  'another name': { ...ephemeral, name: 'debugger' },
  'no security context': { name: ephemeral.name, image: probeImage },
  'all rights': { ...ephemeral, securityContext: { privileged: true } },
  'rights over the network': {
    ...ephemeral,
    securityContext: { ...restricted, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
  },
  'the pod’s secrets as variables': { ...ephemeral, env: [{ name: 'X', value: 'y' }] },
  'the pod’s volumes': { ...ephemeral, volumeMounts: [{ name: 'v', mountPath: '/v' }] },
};

export function podIn(namespace: string, name: string, ephemeralContainers: readonly Json[] = []): KubeObject {
  const spec = { containers: [{ name: 'app', image: 'x' }], volumes: [{ name: 'v', emptyDir: {} }] };
  const added = ephemeralContainers.length > 0 ? { ephemeralContainers } : {};
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { ...spec, ...added } };
}

const spec = {
  ...{ hostNetwork: true, nodeName: 'node-a', restartPolicy: 'Never', activeDeadlineSeconds: 120 },
  ...{ automountServiceAccountToken: false, tolerations: [{ operator: 'Exists' }] },
  containers: [
    {
      name: 'debug',
      image: debugImage,
      securityContext: { capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] } },
    },
  ],
};

export function debugPod(
  namespace: string,
  change: Json = {},
  labels: Json = { 'app.kubernetes.io/managed-by': 'ipv6check' },
) {
  const metadata = { name: 'ipv6check-debug-x', namespace, labels };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, ...change } } as unknown as KubeObject; // labels are strings
}

const [container] = spec.containers;

/** What no debug pod may be. */
export const wrongDebugPods: Readonly<Record<string, Json>> = {
  'another image': { containers: [{ ...container, image: 'registry.example/anything:1' }] },
  'all rights': { containers: [{ ...container, securityContext: { privileged: true } }] },
  'rights over the system': {
    containers: [{ ...container, securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }],
  },
  'no end': { activeDeadlineSeconds: undefined },
  'a late end': { activeDeadlineSeconds: 601 },
  'a token': { automountServiceAccountToken: true },
  'the node’s processes': { hostPID: true },
  'the node’s disk': { volumes: [{ name: 'host', hostPath: { path: '/' } }] },
  'a second container': { containers: [container, { ...container, name: 'two' }] },
  'a container before': { initContainers: [{ ...container, name: 'first' }] },
};
