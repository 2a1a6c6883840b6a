import { beforeEach, describe, expect, it } from 'vitest';
import { objectionOf } from '../../../workers/processors/settle.ts';
import { aVerification } from '../../helpers/builders.ts';
import { type RemediationWorld, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/settle', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.propose();
  });

  it.each`
    situation                            | ipv6 | ipv4 | before  | objection
    ${'IPv6 works'}                      | ${3} | ${3} | ${3}    | ${null}
    ${'IPv6 works now and then'}         | ${1} | ${3} | ${3}    | ${null}
    ${'IPv6 does not work'}              | ${0} | ${3} | ${3}    | ${'not-fixed'}
    ${'IPv4 was cut'}                    | ${3} | ${0} | ${3}    | ${'worse'}
    ${'IPv4 became much worse'}          | ${3} | ${1} | ${3}    | ${'worse'}
    ${'IPv4 is a little flaky'}          | ${3} | ${2} | ${3}    | ${null}
    ${'IPv4 never worked'}               | ${3} | ${0} | ${0}    | ${null}
    ${'IPv4 fails and nobody knows why'} | ${3} | ${0} | ${null} | ${'worse'}
    ${'IPv4 works, without a baseline'}  | ${3} | ${3} | ${null} | ${null}
  `('$objection when $situation', ({ ipv6, ipv4, before, objection }) => {
    expect(objectionOf(aVerification(ipv6, ipv4), before === null ? null : aVerification(0, before))).toBe(objection);
  });

  it('is no proof when nothing could be tried', () => {
    const untried = aVerification(0, 0, { problem: 'the pod is gone', ipv4: { connected: 0, of: 0 } });

    expect(objectionOf(untried, null)).toBe('not-fixed');
    expect(objectionOf({ ...untried, ipv6: { connected: 3, of: 3 } }, null)).toBe('not-fixed');
  });

  it.each`
    after                  | what
    ${aVerification(0, 3)} | ${'not-fixed'}
    ${aVerification(3, 0)} | ${'worse'}
  `('reverts a policy at once that proved $what, and says so', async ({ after, what }) => {
    world.reprobe = () => (world.policies().length > 0 ? after : aVerification(0, 3));
    await world.approve();
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.events()).toEqual(['approve', 'applied', 'disproved', 'reverted']);
    expect(world.record().log.find(({ event }) => event === 'disproved')?.note).toBe(what);
  });

  it('judges once when its job runs twice, and finishes what a killed one began', async () => {
    await world.approve();
    await world.deliver(world.jobs.take('apply'));
    await world.deliver(world.jobs.take('verify'));
    const job = world.jobs.take('settle');
    world.jobs.isDown = true;
    await expect(world.deliver(job)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect(world.record().state).toBe('active');
    world.jobs.isDown = false;

    await world.deliver(job, 2);
    await world.deliver(job, 3);

    expect(world.steps().map(({ name }) => name)).toEqual(['revert']);
    const said = world.threads.textsIn(world.record().threadTs);
    expect(new Set(said).size).toBe(said.length);
    expect(world.events()).toEqual(['approve', 'applied', 'proved']);
  });

  it('ends a policy at once whose time was over when it was proved', async () => {
    await world.approve();
    await world.deliver(world.jobs.take('apply'));
    world.pass(31);
    await world.drain();

    expect(world.record().state).toBe('reverted');
    expect(world.policies()).toEqual([]);
  });

  it('does nothing on a verification of an earlier version', async () => {
    await world.approve();
    await world.deliver(world.jobs.take('apply'));
    await world.deliver(world.jobs.take('verify'));
    const stale = world.jobs.take('settle');
    await world.revoke();
    await world.deliver(stale);

    expect(world.record().state).toBe('reverting');
    expect(world.steps()).toEqual([]);
  });

  it('keeps the effect and repeats the words when Slack is away', async () => {
    await world.approve();
    world.threads.fail('post', 'unreachable', 1);
    const job = world.jobs.take('apply');
    await expect(world.deliver(job)).rejects.toThrow('Slack');
    expect(world.record().state).toBe('verifying');
    expect(world.steps().map(({ name }) => name)).toEqual(['verify']);

    await world.deliver(job, 2);
    await world.drain();

    expect(world.record().state).toBe('active');
  });
});
