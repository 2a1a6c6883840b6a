import { describe, expect, it } from 'vitest';
import { ExecSlots } from '../../../workers/adapters/exec-slots.ts';

const never = new AbortController().signal;

/** Whether it has come true by now, all that is due having been done. */
async function isHere(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(resolve)).then(() => false);
  return Promise.race([promise.then(() => true), later]);
}

describe('workers/adapters/exec-slots', () => {
  it('lets as many runs in as have room for two execs each', async () => {
    const slots = new ExecSlots(5);
    const runs = [{}, {}, {}];
    const [first, second, third] = runs.map((run) => slots.acquire(run, never));

    expect([await isHere(first!), await isHere(second!), await isHere(third!)]).toEqual([true, true, false]);
    (await first!)();
    expect(await isHere(third!)).toBe(true);
  });

  it('never lets a run that has one exec wait for its second', async () => {
    const slots = new ExecSlots(4);
    const [a, b, waiting] = [{}, {}, {}];
    await slots.acquire(a, never);
    await slots.acquire(b, never);
    const outside = slots.acquire(waiting, never);

    expect(await isHere(slots.acquire(a, never))).toBe(true);
    expect(await isHere(slots.acquire(b, never))).toBe(true);
    expect(await isHere(outside)).toBe(false);
  });

  it('makes a third exec of one run wait for one of the two', async () => {
    const slots = new ExecSlots(8);
    const run = {};
    const first = await slots.acquire(run, never);
    await slots.acquire(run, never);
    const third = slots.acquire(run, never);

    expect(await isHere(third)).toBe(false);
    first();
    expect(await isHere(third)).toBe(true);
  });

  it('holds a place until both execs of the run have ended', async () => {
    const slots = new ExecSlots(2);
    const [run, next] = [{}, {}];
    const leave = [await slots.acquire(run, never), await slots.acquire(run, never)];
    const waiting = slots.acquire(next, never);

    leave[0]?.();
    // Twice is once.
    leave[0]?.();
    expect(await isHere(waiting)).toBe(false);
    leave[1]?.();
    expect(await isHere(waiting)).toBe(true);
  });

  it('lets both execs of a waiting run in together, and runs in the order in which they came', async () => {
    const slots = new ExecSlots(2);
    const [holder, next, last] = [{}, {}, {}];
    const leave = await slots.acquire(holder, never);
    const pair = [slots.acquire(next, never), slots.acquire(next, never)];
    const third = slots.acquire(last, never);

    leave();
    expect([await isHere(pair[0]!), await isHere(pair[1]!), await isHere(third)]).toEqual([true, true, false]);
  });

  it('forgets who gives up waiting, and lets nobody in who has given up already', async () => {
    const slots = new ExecSlots(2);
    const stop = new AbortController();
    const leave = await slots.acquire({}, never);
    const impatient = slots.acquire({}, stop.signal);
    const patient = slots.acquire({}, never);

    stop.abort(new Error('stopped'));
    await expect(impatient).rejects.toThrow('stopped');
    await expect(slots.acquire({}, stop.signal)).rejects.toThrow('stopped');
    leave();
    expect(await isHere(patient)).toBe(true);
  });

  it.each([0, 1, 2, 3])('has room for one run with a maximum of %i', async (maximum) => {
    const slots = new ExecSlots(maximum);

    await slots.acquire({}, never);
    expect(await isHere(slots.acquire({}, never))).toBe(false);
  });
});
