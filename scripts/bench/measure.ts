export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

/** Milliseconds of each call, after a warm-up that is not counted. */
export function timesOf<T>(cases: readonly T[], act: (each: T) => unknown): number[] {
  for (const each of cases.slice(0, Math.ceil(cases.length / 5))) act(each);
  return cases.map((each) => {
    const start = performance.now();
    act(each);
    return performance.now() - start;
  });
}

export function spreadOf(times: readonly number[]): Spread {
  return { p50: percentile(times, 50), p95: percentile(times, 95) };
}

/** The smallest time that so many percent do not exceed. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return rounded(sorted[Math.max(0, rank - 1)] ?? 0);
}

/** Three digits that mean something; the rest is noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** Numbers that look random and are the same on every run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
