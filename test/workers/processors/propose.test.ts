import { beforeEach, describe, expect, it } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import { policiesWith, type RemediationWorld, remediationWorld, threadTs } from '../../helpers/remediation-world.ts';

describe('workers/processors/propose', () => {
  let world: RemediationWorld;

  beforeEach(() => {
    world = remediationWorld();
  });

  it('shows one card in the thread, notes it, and has the path tried once as a baseline', async () => {
    await world.propose();

    expect(world.record()).toMatchObject({
      state: 'proposed',
      requestedBy: 'U0ASKER',
      checkedBy: 'U0CHECKER',
      expiresAt: null,
      lapsesAt: '2026-01-05T10:30:00.000Z',
      pods: ['checkout-7d9f'],
    });
    expect(world.threads.textsIn(threadTs)).toHaveLength(1);
    expect(world.record().cardTs).toBe(world.threads.shown[0]?.ts);
    expect(await world.remediations.loadVerification(world.record().id, 0)).not.toBeNull();
    expect(world.writer.created).toEqual([]);
  });

  it('shows no second card when its job runs again', async () => {
    await world.propose();
    await world.propose();

    expect(world.threads.textsIn(threadTs)).toHaveLength(1);
  });

  it('shows the card when an earlier attempt saved the record and could not', async () => {
    world.threads.fail('post', 'unreachable');
    await expect(world.propose()).rejects.toThrow('Slack');
    expect(world.record().cardTs).toBeNull();

    await world.propose();

    expect(world.record().cardTs).not.toBeNull();
    expect(world.threads.textsIn(threadTs)).toHaveLength(1);
  });

  it('notes the card on what somebody decided in the same moment', async () => {
    const post = world.threads.post;
    world.threads.post = async (place, message) => {
      const posted = await post(place, message);
      world.threads.post = post;
      await world.approve();
      return posted;
    };
    await world.propose();

    expect(world.record()).toMatchObject({ cardTs: world.threads.shown[0]?.ts });
    expect(world.events()).toContain('approve');
  });

  it('takes no baseline once something may have been applied', async () => {
    world.threads.fail('post', 'unreachable');
    await expect(world.propose()).rejects.toThrow('Slack');
    const baseline = world.jobs.take('verify');
    await world.approve();
    await world.deliver(baseline);

    expect(world.probes).toBe(0);
  });

  it('refuses a report of another cluster', async () => {
    world.runs.reports.set(world.report.id, {
      ...world.report,
      request: { ...world.report.request, cluster: 'other' },
    });
    await world.propose();

    expect(world.remediations.records.size).toBe(0);
  });

  it('refuses with the reason of the plan, in the thread', async () => {
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    world.reading = { ...world.reading, policies: policiesWith() };
    await world.propose();
    await world.propose();

    expect(world.remediations.records.size).toBe(0);
    expect(world.threads.textsIn(threadTs)).toHaveLength(1);
  });

  it('refuses what the cluster would not take, in its words', async () => {
    world.writer.fail('dry-run', 'forbidden');
    await world.propose();

    expect(world.remediations.records.size).toBe(0);
    expect(world.threads.textsIn(threadTs)[0]).toContain('the API server said forbidden');
  });

  it('refuses a report that is no longer there', async () => {
    world.runs.reports.clear();
    await world.propose();

    expect(world.threads.textsIn(threadTs)[0]).toContain('No report');
  });

  it('tells whoever asked when the thread is closed to it', async () => {
    world.runs.reports.clear();
    world.threads.fail('post', 'is_archived');
    await world.propose();

    expect(world.threads.told).toMatchObject([{ user: 'U0ASKER', text: expect.stringContaining('No report') }]);
  });

  it('tries again when the cluster does not answer, and says so after the last attempt', async () => {
    world.writer.fail('dry-run', 'unavailable', 2);
    await expect(world.propose()).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(world.threads.shown).toEqual([]);
  });

  it('opens the destination alone where that was asked for, and an apply plans the same', async () => {
    world.breadth = 'destination';
    await world.propose();

    expect(world.record().opens).toEqual(['[2001:db8::1]:443 over TCP']);
    expect(JSON.stringify(world.record().manifest.spec)).not.toContain('::/0');
    await world.approve();
    await world.drain();
    expect(world.record().state).toBe('active');
  });

  it('says at once what no further attempt would mend', async () => {
    world.destinations = () => Promise.reject(new BotError('DESTINATION_UNRESOLVED', 'api.example: no address'));
    await world.propose();

    expect(world.threads.textsIn(threadTs).join()).toContain('api.example: no address');
    expect(world.remediations.records.size).toBe(0);
  });
});
