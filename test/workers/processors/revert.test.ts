import { beforeEach, describe, expect, it } from 'vitest';
import { revertJob } from '../../../src/jobs/remediate.ts';
import { aVerification } from '../../helpers/builders.ts';
import { type RemediationWorld, remediationId, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/revert', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.activate();
  });

  const enqueueRevert = () =>
    world.jobs.enqueue(revertJob, { v: 1, remediationId, cluster: 'lab', version: world.record().version, attempt: 0 });

  async function expire(): Promise<void> {
    world.pass(30);
    await world.deliver(world.jobs.take('revert'));
    await world.drain();
  }

  it('is waiting from the moment that the policy is active, for the moment that it ends', () => {
    expect(world.record().state).toBe('active');
    expect(world.steps()).toMatchObject([{ name: 'revert', delayMs: 30 * 60_000 }]);
  });

  it('removes the policy at its end, and posts the proof', async () => {
    await expire();

    expect(world.policies()).toEqual([]);
    expect(world.events()).toEqual(['approve', 'applied', 'proved', 'expire', 'reverted']);
    const said = world.threads.textsIn(world.record().threadTs);
    expect(new Set(said).size).toBe(said.length);
  });

  it('goes back to wait when it comes early', async () => {
    world.pass(10);
    await world.deliver(world.jobs.take('revert'));

    expect(world.record().state).toBe('active');
    expect(world.steps()).toMatchObject([{ name: 'revert', delayMs: 20 * 60_000 }]);
  });

  it('removes a revoked policy at once', async () => {
    await world.revoke();
    await enqueueRevert();
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('takes an object that is already gone for removed', async () => {
    world.writer.objects.clear();
    await expire();

    expect(world.record().state).toBe('reverted');
  });

  it("leaves somebody else's object of that name alone, and says so", async () => {
    const [ours] = world.policies();
    world.writer.objects.clear();
    const foreign = world.writer.put({ ...ours!, metadata: { ...ours!.metadata, labels: {} } });
    world.reprobe = () => aVerification(0, 3);
    await expire();

    expect(world.policies()).toEqual([foreign]);
    expect(world.record().state).toBe('reverted');
    expect(world.threads.textsIn(world.record().threadTs).join('\n')).toContain('left alone');
  });

  it('tries again when the cluster does not answer', async () => {
    world.pass(30);
    const job = world.jobs.take('revert');
    world.writer.fail('remove', 'unavailable');
    await expect(world.deliver(job)).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(world.record().state).toBe('reverting');

    await world.deliver(job, 2);
    await world.drain();

    expect(world.record().state).toBe('reverted');
  });

  it('looks again when the object changed under its hands', async () => {
    world.writer.fail('remove', 'conflict');
    await expire();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('removes it once more when it stands again before the proof', async () => {
    const [policy] = world.policies();
    world.pass(30);
    await world.deliver(world.jobs.take('revert'));
    await world.deliver(world.jobs.take('verify'));
    world.writer.objects.set(`NetworkPolicy/shop/${policy!.metadata.name}`, policy!);

    await world.deliver(world.jobs.take('settle'));
    expect(world.record().state).toBe('reverting');
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('is stuck, loudly, where the cluster refuses, and gets out when it no longer does', async () => {
    world.writer.fail('remove', 'forbidden');
    await expire();
    expect(world.record().state).toBe('stuck');
    expect(world.lines).toContainEqual(expect.objectContaining({ alert: true, msg: 'policy cannot be removed' }));

    world.pass(2);
    await world.sweep();
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('is stuck while the destinations are still open, for ever if need be, and says so once', async () => {
    world.reprobe = () => aVerification(2, 3);
    await expire();
    for (const _ of [1, 2, 3]) {
      world.pass(2);
      await world.sweep();
      await world.drain();
    }
    expect(world.record().state).toBe('stuck');
    const alerts = world.lines.filter(({ alert }) => alert === true);
    expect(alerts).toHaveLength(4);
    const said = world.threads.textsIn(world.record().threadTs);
    expect(new Set(said).size).toBe(said.length);

    world.reprobe = () => aVerification(0, 3);
    world.pass(2);
    await world.sweep();
    await world.drain();
    expect(world.record().state).toBe('reverted');
  });

  it('takes an open destination for the right result when other policies admit it now', async () => {
    world.reprobe = () => aVerification(3, 3);
    world.admitsWithoutOurs = true;
    await expire();

    expect(world.record().state).toBe('reverted');
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('Other policies admit');
  });

  it('does not take a doubtful answer for that', async () => {
    world.reprobe = () => aVerification(3, 3);
    world.admitsWithoutOurs = null;
    await expire();

    expect(world.record().state).toBe('stuck');
  });

  it('waits for enforcement to follow before it calls anything open', async () => {
    let looks = 0;
    world.reprobe = () => aVerification(looks++ < 2 ? 3 : 0, 3);
    await expire();

    expect(world.record().state).toBe('reverted');
    expect(looks).toBe(3);
  });
});
