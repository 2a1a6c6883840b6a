import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Swept } from './processors/sweep.ts';

export interface SweepingOptions {
  sweep(): Promise<Swept>;
  readonly intervalMs: number;
  /** A sweep that takes longer is left to itself, so that one that hangs does not keep the next from its work. */
  readonly patienceMs?: number;
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Sweeps at once and then for ever, whatever a sweep ends in. */
export async function keepSweeping({ sweep, intervalMs, patienceMs = 20_000, signal, log }: SweepingOptions) {
  while (!signal.aborted) {
    const given = new AbortController();
    const late = pause(patienceMs, 'late' as const, { signal: given.signal }).catch(() => 'late' as const);
    try {
      const swept = await Promise.race([sweep(), late]);
      if (swept === 'late') log.error({ alert: true, patienceMs }, 'sweep has not ended in time');
      else if (swept.removed.length > 0 || swept.failed.length > 0) log.info({ swept }, 'swept');
    } catch (err) {
      log.error({ err, alert: true }, 'sweep failed');
    } finally {
      given.abort();
    }
    await pause(intervalMs, undefined, { signal }).catch(() => {}); // aborted: the loop's head sees that
  }
}
