import { describe, expect, it } from 'vitest';
import { dice } from '../../../scripts/bench/measure.ts';
import { plansFor, points } from '../../../scripts/chaos/points.ts';

describe('scripts/chaos/points', () => {
  it('names every point once', () => {
    expect(new Set(points.map(({ name }) => name)).size).toBe(points.length);
  });

  it('comes to every point at least five times in two hundred runs', () => {
    const drawn = plansFor(200, dice(4)).flatMap((plan) => plan.points.map(({ name }) => name));
    const rare = points.filter(({ name }) => drawn.filter((each) => each === name).length < 5);

    expect(rare).toEqual([]);
  });

  it('ends no run in a way in which one of its points cannot come', () => {
    for (const { ending, points: own } of plansFor(300, dice(5))) {
      expect(own.filter(({ endings }) => endings && !endings.includes(ending))).toEqual([]);
      expect(new Set(own.map(({ moment }) => moment)).size).toBe(own.length);
    }
  });

  it('ends runs in every way', () => {
    expect(new Set(plansFor(60, dice(6)).map(({ ending }) => ending))).toEqual(new Set(['revoke', 'expiry', 'reaper']));
  });

  it('plans the same for the same seed, and else for another', () => {
    expect(plansFor(20, dice(7))).toEqual(plansFor(20, dice(7)));
    expect(plansFor(20, dice(7))).not.toEqual(plansFor(20, dice(8)));
  });
});
