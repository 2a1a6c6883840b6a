import type { Attempt } from '../evidence/evidence.ts';
import type { Flow } from '../evidence/flows.ts';
import type { PodObject } from '../evidence/objects.ts';
import type { Observation } from '../evidence/observation.ts';
import { ipv6Of } from './pod.ts';

/** The conntrack entries of the pod's own IPv6 packets to what was tried; empty where conntrack was not read. */
export function ownFlows(
  flows: Observation<readonly Flow[]>,
  pod: PodObject,
  { destinations }: Pick<Attempt, 'destinations'>,
): Flow[] {
  if (flows.status !== 'observed') return [];
  const source = ipv6Of(pod);
  return flows.value.filter(
    ({ original }) =>
      original.source === source && destinations.some(({ address }) => address === original.destination),
  );
}

/** The kernel writes an entry down once a packet is past every filter on its way out; what is dropped before leaves none. */
export function cameThrough(flows: readonly Flow[]): Flow[] {
  return flows.filter(({ isUnreplied, state }) => isUnreplied || state === 'SYN_SENT' || state === 'SYN_RECV');
}
