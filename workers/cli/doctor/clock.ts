import type { Finding } from './finding.ts';

/** Ends are judged by the API server's clock, delayed jobs run by Redis'; more than this is felt. */
const toleratedSeconds = 10;

/** Compares a clock with this machine's, half of the way to it left out. */
export async function skewFinding(whose: string, ask: () => Promise<Date | null>): Promise<Finding> {
  const area = 'clock';
  const asked = Date.now();
  const theirs = await ask();
  if (theirs === null) return { area, state: 'unknown', says: `${whose} did not say what time it is.` };
  const skew = Math.round((theirs.getTime() - (asked + Date.now()) / 2) / 1_000);
  if (Math.abs(skew) <= toleratedSeconds) {
    return { area, state: 'ok', says: `${whose} and this machine agree about the time, to ${Math.abs(skew)} s.` };
  }
  const words = skew > 0 ? 'ahead of' : 'behind';
  const says = `${whose} is ${Math.abs(skew)} s ${words} this machine.`;
  return {
    area,
    state: 'wrong',
    says,
    fix: 'Let both take their time from the same source: timedatectl timesync-status',
  };
}
