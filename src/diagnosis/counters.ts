import type { Counters } from '../evidence/network.ts';
import type { Observation } from '../evidence/observation.ts';

/** How much a counter rose around our packets; null where it was not read, or fell because somebody reset it. */
export function riseOf(counters: Observation<Counters>, name: string): number | null {
  if (counters.status !== 'observed') return null;
  const before = counters.value.before[name];
  const after = counters.value.after[name];
  if (before === undefined || after === undefined || after < before) return null;
  return after - before;
}
