import type { PodObject } from '../../src/evidence/objects.ts';
import type { RawObject } from '../../src/ports.ts';
import { annotationsIn, listOf, recordOf, textOf, textsOf } from './prune.ts';

/** What Istio, Linkerd, Kuma and Consul call the containers that they inject. */
const isSidecar =
  /^(istio-(proxy|init|validation)|linkerd-(proxy|init)|kuma-(sidecar|init)|consul-(dataplane|connect-inject-init))$/;

export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

/** The pod without its owner chain, which takes reads of its own. */
export function podOf(raw: RawObject): PodObject {
  const metadata = recordOf(raw.metadata);
  const spec = recordOf(raw.spec);
  const status = recordOf(raw.status);
  const states = listOf(status.containerStatuses);
  const published = listOf(status.podIPs).map(({ ip }) => textOf(ip));
  const ips = published.length > 0 ? published : [textOf(status.podIP)];
  const sidecars = [...listOf(spec.initContainers), ...listOf(spec.containers)]
    .map(({ name }) => textOf(name))
    .filter((name) => isSidecar.test(name));
  return {
    namespace: textOf(metadata.namespace),
    name: textOf(metadata.name),
    uid: textOf(metadata.uid),
    labels: textsOf(metadata.labels),
    annotations: annotationsIn(raw, ['cni.projectcalico.org/', 'qos.projectcalico.org/']),
    nodeName: textOf(spec.nodeName) || null,
    serviceAccount: textOf(spec.serviceAccountName) || 'default',
    isHostNetwork: spec.hostNetwork === true,
    isTerminating: metadata.deletionTimestamp !== undefined,
    phase: textOf(status.phase) || 'Unknown',
    podIPs: ips.filter((ip) => ip !== ''),
    createdAt: textOf(metadata.creationTimestamp),
    containers: listOf(spec.containers).map(({ name }) => containerOf(textOf(name), states)),
    ...(sidecars.length > 0 ? { sidecars } : {}),
    workload: null,
  };
}

function containerOf(name: string, states: readonly RawObject[]): PodObject['containers'][number] {
  const found = states.find((status) => status.name === name);
  const [[state, detail] = ['unknown', {}]] = Object.entries(recordOf(found?.state));
  const reason = textOf(recordOf(detail).reason);
  return { name, state: reason ? `${state}: ${reason}` : state, isRunning: state === 'running' };
}

/** Running containers, the one that kubectl would choose first. */
export function containersToTry(raw: RawObject, pod: PodObject): string[] {
  const chosen = annotationsIn(raw, ['kubectl.kubernetes.io/default-container']);
  const preferred = chosen['kubectl.kubernetes.io/default-container'];
  const running = pod.containers.filter(({ isRunning }) => isRunning).map(({ name }) => name);
  return [...running.filter((name) => name === preferred), ...running.filter((name) => name !== preferred)];
}
