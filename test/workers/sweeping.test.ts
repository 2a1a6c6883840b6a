import { describe, expect, it } from 'vitest';
import type { Swept } from '../../workers/processors/sweep.ts';
import { keepSweeping } from '../../workers/sweeping.ts';
import { captureLog } from '../helpers/log.ts';

const nothing: Swept = { removed: [], failed: [], open: 0 };

describe('workers/sweeping', () => {
  it('goes on after a sweep that failed and after one that hangs, and stops when told', async () => {
    const [stop, { log, lines }] = [new AbortController(), captureLog()];
    const sweeps = [
      () => Promise.reject(new Error('no cluster')),
      () => new Promise<Swept>(() => {}),
      async () => ({ ...nothing, removed: ['NetworkPolicy shop/ipv6check-r1'] }),
    ];
    let count = 0;
    const sweep = (): Promise<Swept> => {
      const next = sweeps[count++];
      if (next) return next();
      stop.abort();
      return Promise.resolve(nothing);
    };

    await keepSweeping({ sweep, intervalMs: 1, patienceMs: 20, signal: stop.signal, log });

    expect(lines.map(({ msg }) => msg)).toEqual(['sweep failed', 'sweep has not ended in time', 'swept']);
    expect(count).toBe(4);
  });
});
