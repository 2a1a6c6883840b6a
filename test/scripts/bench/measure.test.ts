import { describe, expect, it } from 'vitest';
import { dice, percentile, rounded, spreadOf, timesOf } from '../../../scripts/bench/measure.ts';

const oneToTwenty = Array.from({ length: 20 }, (_, index) => 20 - index);

describe('scripts/bench/measure', () => {
  it.each`
    times          | percent | value
    ${oneToTwenty} | ${50}   | ${10}
    ${oneToTwenty} | ${95}   | ${19}
    ${oneToTwenty} | ${100}  | ${20}
    ${[3]}         | ${50}   | ${3}
    ${[9, 10, 11]} | ${95}   | ${11}
    ${[]}          | ${50}   | ${0}
  `('finds $value at $percent percent of $times', ({ times, percent, value }) => {
    expect(percentile(times, percent)).toBe(value);
  });

  it('gives the middle and the end of what was measured', () => {
    expect(spreadOf(oneToTwenty)).toEqual({ p50: 10, p95: 19 });
  });

  it('measures every case once after a warm-up', () => {
    const seen: number[] = [];
    const times = timesOf([1, 2, 3, 4, 5, 6], (each) => seen.push(each));

    expect(times).toHaveLength(6);
    expect(times.every((ms) => ms >= 0)).toBe(true);
    expect(seen).toEqual([1, 2, 1, 2, 3, 4, 5, 6]);
  });

  it('keeps three digits', () => {
    expect([1_234.5, 0.012_345, 2].map(rounded)).toEqual([1_230, 0.012_3, 2]);
  });

  it('throws the same dice on every run, all of their sides', () => {
    const throwsOf = (seed: number) =>
      Array.from(
        { length: 200 },
        (
          (roll) => () =>
            roll(6)
        )(dice(seed)),
      );

    expect(throwsOf(1)).toEqual(throwsOf(1));
    expect(throwsOf(1)).not.toEqual(throwsOf(2));
    expect(new Set(throwsOf(1))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });
});
