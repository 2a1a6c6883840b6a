import { beforeEach, describe, expect, it } from 'vitest';
import { extendJob } from '../../../src/jobs/remediate.ts';
import { signDecision } from '../../../src/remediation/decision.ts';
import { advance } from '../../../src/remediation/lifecycle.ts';
import {
  decisionKey,
  type RemediationWorld,
  remediationId,
  remediationWorld,
} from '../../helpers/remediation-world.ts';

describe('workers/processors/extend', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.activate();
  });

  /** What the bot does when a second person presses Extend. */
  async function extend(change: { by?: string; key?: string; minutes?: number } = {}): Promise<void> {
    const { by = 'U0APPROVER', key = decisionKey, minutes = 60 } = change;
    const current = world.record();
    const step = advance(current, 'extend', by, world.now);
    if (!step.ok) throw new Error(step.refusal);
    const expiresAt = new Date(world.now.getTime() + minutes * 60_000).toISOString();
    const { id, manifestHash } = current;
    const decision = signDecision(key, { id, approver: by, manifestHash, expiresAt });
    await world.remediations.save({ ...step.next, expiresAt, decision }, current.version);
    const { version } = world.record();
    await world.jobs.enqueue(extendJob, { v: 1, remediationId, cluster: 'lab', version, attempt: 0 });
  }
  const endOnObject = () =>
    (world.policies()[0]!.metadata.annotations as Record<string, string>)['ipv6check.dev/expires-at'];
  const said = () => world.threads.textsIn(world.record().threadTs).join('\n');

  it('moves the end on the object, and says until when and by whom', async () => {
    await extend();
    await world.drain();

    expect(endOnObject()).toBe('2026-01-05T11:00:00Z');
    expect(said()).toContain('Extended by');
    world.pass(31);
    expect((await world.sweep()).removed).toEqual([]);
  });

  it('leaves the earlier delayed end without effect, and ends at the later one', async () => {
    const first = world.jobs.waiting.find(({ name }) => name === 'revert')!;
    await extend();
    await world.drain();
    world.pass(30);
    await world.deliver(first);
    expect(world.record().state).toBe('active');

    const second = world.jobs.waiting.filter(({ name }) => name === 'revert').at(-1)!;
    expect(second.delayMs).toBe(60 * 60_000);
    world.pass(30);
    await world.deliver(second);
    await world.drain();
    expect(world.record().state).toBe('reverted');
  });

  it.each`
    forgery                          | change
    ${'a forged signature'}          | ${{ key: 'a key that is not the shared one, 32+' }}
    ${'an end past the maximum'}     | ${{ minutes: 300 }}
    ${'an approver without a grant'} | ${{ by: 'U0OTHER' }}
  `('extends nothing on $forgery, and the end on the object stands', async ({ change }) => {
    await extend(change);
    await world.drain();

    expect(endOnObject()).toBe('2026-01-05T10:30:00Z');
    expect(said()).toContain('Not extended');
    world.pass(30);
    expect((await world.sweep()).removed).toHaveLength(1);
    await world.drain();
    expect(world.record().state).toBe('reverted');
  });

  it('waits for an API server that is away, and says what it refused', async () => {
    await extend();
    const job = world.jobs.take('extend');
    world.writer.fail('extend', 'unavailable');
    await expect(world.deliver(job)).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    world.writer.fail('extend', 'conflict');
    await world.deliver(job, 2);

    expect(said()).toContain('Not extended');
  });

  it('does nothing under a version that is no longer the record’s', async () => {
    await extend();
    const job = world.jobs.take('extend');
    await world.revoke();
    await world.deliver(job);

    expect(endOnObject()).toBe('2026-01-05T10:30:00Z');
  });
});
