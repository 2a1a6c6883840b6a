import type { ClusterSession, ExecTarget, RawObject } from '../../src/ports.ts';
import { podOf } from './pod.ts';
import { recordOf, textOf } from './prune.ts';

export type CalicoNode =
  | { readonly ok: true; readonly target: ExecTarget; readonly version: string | null; readonly raw: RawObject }
  /** `raw` is a pod that is there and does not run. */
  | { readonly ok: false; readonly why: string; readonly raw: RawObject | null };

/** The calico-node pod on a node, in whatever namespace the installation put it. */
export async function readCalicoNode(session: ClusterSession, node: string): Promise<CalicoNode> {
  const outcome = await session.list('/api/v1/pods', {
    labelSelector: 'k8s-app=calico-node',
    fieldSelector: `spec.nodeName=${node}`,
    limit: 5,
  });
  if (!outcome.ok) return { ok: false, why: `pods of node ${node} could not be listed: ${outcome.message}`, raw: null };

  const pods = outcome.value.items.map((raw) => {
    const pod = podOf(raw);
    return { raw, pod, container: pod.containers.find(({ name }) => name === 'calico-node') ?? pod.containers[0] };
  });
  const running = pods.find(({ pod, container }) => container?.isRunning && !pod.isTerminating);
  if (!running) {
    const what = pods.length > 0 ? 'no calico-node pod is running' : 'there is no calico-node pod';
    return { ok: false, why: `${what} on node ${node}`, raw: pods[0]?.raw ?? null };
  }
  const { raw, pod, container } = running;
  const target = { namespace: pod.namespace, pod: pod.name, container: container?.name ?? 'calico-node' };
  return { ok: true, target, version: imageTag(raw, target.container), raw };
}

export function imageTag(raw: RawObject, container: string): string | null {
  const { containers } = recordOf(raw.spec);
  const found = Array.isArray(containers) ? containers.map(recordOf).find(({ name }) => name === container) : undefined;
  return /:(v\d+\.\d+[^@/]*)(?:@|$)/u.exec(textOf(found?.image))?.[1] ?? null;
}
