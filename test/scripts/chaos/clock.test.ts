import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SteppedClock, steppedClock } from '../../../scripts/chaos/clock.ts';

describe('scripts/chaos/clock', () => {
  let folder: string;
  let clock: SteppedClock;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-clock-'));
    clock = steppedClock(folder);
  });
  afterEach(() => {
    clock.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes forward for everybody at once, in processes that run already too, and never back', async () => {
    const script = `process.stdin.on('data', () => console.log(JSON.stringify([Date.now(), new Date().getTime(),
      new Date(7).getTime(), new Date() instanceof Date, Date.UTC(2026, 0), typeof Date()])))`;
    const child = spawn(process.execPath, ['-e', script], { env: { ...process.env, ...clock.env } });
    const ask = async (): Promise<unknown[]> => {
      child.stdin.write('?');
      const [chunk] = await once(child.stdout, 'data');
      return JSON.parse(String(chunk));
    };

    const [before] = await ask();
    clock.step(3_600_000);
    clock.step(-5_000);
    const [now, constructed, ...others] = await ask();
    child.kill();

    expect(Math.abs(Number(before) - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Number(now) - clock.now().getTime())).toBeLessThan(60_000);
    expect(clock.now().getTime() - Date.now()).toBeGreaterThan(3_599_000);
    expect(Number(constructed) - Number(now)).toBeLessThan(1_000);
    expect(others).toEqual([7, true, Date.UTC(2026, 0), 'string']);
  });
});
