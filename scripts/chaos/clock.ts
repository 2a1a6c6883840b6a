import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One clock for the API server and all processes, which only ever goes forward. Timers and packets take their own time. */
export interface SteppedClock {
  now(): Date;
  /** As a night passes: at once, for everybody. */
  step(ms: number): void;
  /** What makes a process live by it. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export function steppedClock(folder: string): SteppedClock {
  const path = join(folder, 'clock');
  const file = openSync(path, 'w');
  let offsetMs = 0;
  // In place and of one length, so that no reader meets half of it.
  const write = () => writeSync(file, String(offsetMs).padStart(16), 0, 'latin1');
  write();
  const preload = fileURLToPath(new URL('stepped-clock.mjs', import.meta.url));
  return {
    now: () => new Date(Date.now() + offsetMs),
    step(ms) {
      offsetMs += Math.max(0, Math.round(ms));
      write();
    },
    env: { STEPPED_CLOCK_FILE: path, NODE_OPTIONS: `--import=${preload}` },
    close: () => closeSync(file),
  };
}
