import { setTimeout as pause } from 'node:timers/promises';
import { BotError } from '../../src/errors.ts';

export interface Persistence {
  readonly patienceMs: number;
  readonly intervalMs: number;
}

/** Repeats a write while Redis is away, for a while; false when it stayed away. */
export async function persistently(
  write: () => Promise<unknown>,
  { patienceMs, intervalMs }: Persistence = { patienceMs: 10_000, intervalMs: 250 },
): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await write();
      return true;
    } catch (error) {
      if (!(error instanceof BotError && error.code === 'REDIS_UNAVAILABLE')) throw error;
      if (Date.now() + intervalMs >= deadline) return false;
      await pause(intervalMs);
    }
  }
}
