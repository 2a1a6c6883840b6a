import type { PodEvent, PodObject } from '../../src/evidence/objects.ts';
import { failed, type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession } from '../../src/ports.ts';
import { unseen } from './outcome.ts';
import { textOf } from './prune.ts';

/** Enough for every reason that keeps one pod from starting. */
const limit = 50;

/** Events of a pod that has no addresses yet; of one that has, they explain nothing. */
export async function readPodEvents(
  session: ClusterSession,
  { namespace, name, uid, podIPs, phase }: PodObject,
): Promise<Observation<PodEvent[]>> {
  if (podIPs.length > 0 || phase !== 'Pending') return failed('NOT_ATTEMPTED', `pod ${name} is ${phase}`);
  const fieldSelector = `involvedObject.name=${name},involvedObject.uid=${uid}`;
  const outcome = await session.list(`/api/v1/namespaces/${namespace}/events`, { fieldSelector, limit });
  if (!outcome.ok) return unseen(`events of pod ${name}`, outcome);
  const events = outcome.value.items.map(({ type, reason, message }) => {
    return { type: textOf(type), reason: textOf(reason), message: textOf(message).slice(0, 600) };
  });
  const distinct = new Map(events.map((event) => [`${event.reason} ${event.message}`, event]));
  return observed([...distinct.values()], 'the events of the pod');
}
