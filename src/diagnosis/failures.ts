import type { Connect } from '../evidence/flows.ts';
import type { Observation } from '../evidence/observation.ts';

type Outcome = Connect['outcome'];

/**
 * How many of the pod's IPv6 attempts ended in one of `outcomes`. A counter is ours only if it rose by at least as many
 * packets: on a busy node it also rises by those of others.
 */
export function attemptsThatEnded(connects: Observation<readonly Connect[]>, outcomes: readonly Outcome[]): number {
  if (connects.status !== 'observed') return 0;
  return connects.value.filter(({ family, outcome }) => family === 6 && outcomes.includes(outcome)).length;
}

/** How attempts end whose packets a rule stops: in silence, unless it rejects them. */
export function outcomesOf(rule: string): readonly Outcome[] {
  return /\breject\b/i.test(rule) ? [...lostOnTheWay, 'ENETUNREACH'] : ['TIMEOUT', 'FAILED'];
}

/** The packet left the pod and nobody answered, or somebody on the way refused it. */
export const lostOnTheWay: readonly Outcome[] = ['TIMEOUT', 'ECONNREFUSED', 'EACCES', 'EHOSTUNREACH', 'FAILED'];
