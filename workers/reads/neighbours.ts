import type { PodObject } from '../../src/evidence/objects.ts';
import type { ClusterSession, ReadOutcome } from '../../src/ports.ts';
import { podOf } from './pod.ts';

/** All pods of a namespace: whom a policy there could touch. */
export async function readNeighbours(session: ClusterSession, namespace: string): Promise<ReadOutcome<PodObject[]>> {
  const outcome = await session.list(`/api/v1/namespaces/${namespace}/pods`);
  return outcome.ok ? { ok: true, value: outcome.value.items.map(podOf) } : outcome;
}
