import { beforeEach, describe, expect, it } from 'vitest';
import { untilReminder } from '../../../workers/processors/remind.ts';
import { type RemediationWorld, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/remind', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.propose();
  });
  const texts = () => world.threads.textsIn(world.record().threadTs);
  const reminders = () => world.jobs.waiting.filter(({ name }) => name === 'remind');

  it('asks a second time after five minutes, and never a third', async () => {
    const [reminder, ...others] = reminders();
    expect(others).toEqual([]);
    expect(reminder?.delayMs).toBe(5 * 60_000);

    world.pass(5);
    await world.deliver(reminder!);
    await world.deliver(reminder!, 2);

    expect(texts().filter((text) => text.includes('Nobody has decided'))).toHaveLength(1);
  });

  it('says nothing once somebody has decided', async () => {
    const [reminder] = reminders();
    await world.approve();
    await world.deliver(reminder!);

    expect(texts().join()).not.toContain('Nobody has decided');
  });

  it('asks five minutes before the end whether it is needed for longer', async () => {
    await world.approve();
    await world.drain();
    const ending = reminders().at(-1)!;
    expect(ending.delayMs).toBe(25 * 60_000);

    world.pass(25);
    await world.deliver(ending);
    await world.deliver(ending, 2);

    expect(texts().filter((text) => text.includes('ends soon'))).toHaveLength(1);
  });

  it('asks nothing about what has ended or was extended meanwhile', async () => {
    await world.approve();
    await world.drain();
    const ending = reminders().at(-1)!;
    await world.revoke();
    await world.deliver(ending);

    expect(texts().join()).not.toContain('ends soon');
  });

  it.each`
    remaining    | wait
    ${1_800_000} | ${1_500_000}
    ${300_000}   | ${0}
    ${60_000}    | ${0}
  `('waits $wait ms where $remaining ms are left', ({ remaining, wait }) => {
    expect(untilReminder(remaining)).toBe(wait);
  });
});
