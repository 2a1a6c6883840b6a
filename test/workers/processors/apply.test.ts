import { beforeEach, describe, expect, it } from 'vitest';
import {
  isolating,
  policiesWith,
  type RemediationWorld,
  remediationId,
  remediationWorld,
} from '../../helpers/remediation-world.ts';

describe('workers/processors/apply', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.propose();
  });

  it('creates the approved policy with its end, its approver and its hash written on it', async () => {
    await world.approve();
    await world.drain();

    const [policy] = world.policies();
    expect(policy?.metadata).toMatchObject({
      name: `ipv6check-${remediationId}`,
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'ipv6check', 'ipv6check.dev/remediation': remediationId },
      annotations: {
        'ipv6check.dev/expires-at': '2026-01-05T10:30:00Z',
        'ipv6check.dev/approved-by': 'U0APPROVER',
        'ipv6check.dev/manifest-hash': world.record().manifestHash,
      },
    });
    expect(world.events()).toEqual(['approve', 'applied', 'proved']);
    expect(world.record().objectUid).toBe(policy?.metadata.uid);
  });

  it('applies once when two approvals arrive as two jobs at once', async () => {
    await world.approve();
    await world.enqueueApply(1);
    const both = [world.jobs.take('apply'), world.jobs.take('apply')];

    await Promise.all(both.map((job) => world.deliver(job)));
    await world.drain();

    expect(world.writer.created).toHaveLength(1);
    expect(world.events()).toEqual(['approve', 'applied', 'proved']);
    expect(world.jobs.waiting.map(({ name }) => name)).toEqual(['revert']);
  });

  it('takes what its own killed attempt created for its own', async () => {
    await world.approve();
    const job = world.jobs.take('apply');
    world.remediations.dieAtNextSave();
    await expect(world.deliver(job)).rejects.toThrow('killed');
    expect(world.record().state).toBe('approved');

    await world.deliver(job, 2);
    await world.drain();

    expect(world.writer.created).toHaveLength(1);
    expect(world.record()).toMatchObject({ state: 'active', objectUid: world.policies()[0]?.metadata.uid });
  });

  it('goes on when it was killed between its save and the next job', async () => {
    await world.approve();
    const job = world.jobs.take('apply');
    world.jobs.isDown = true;
    await expect(world.deliver(job)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    world.jobs.isDown = false;

    await world.deliver(job, 2);
    await world.drain();

    expect(world.record().state).toBe('active');
    expect(world.threads.shown.filter(({ text }) => text === world.threads.shown.at(-1)?.text)).toHaveLength(1);
  });

  it('leaves an object alone that bears its name and is not its own', async () => {
    await world.approve();
    const { manifest } = world.record();
    const labels = { ...manifest.metadata.labels, 'ipv6check.dev/remediation': 'rsomeotherremediatio' };
    const foreign = world.writer.put({ ...manifest, metadata: { ...manifest.metadata, labels } });

    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.policies()).toEqual([foreign]);
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('not ours');
  });

  it.each`
    forgery                      | change
    ${'no decision'}             | ${{ decision: null }}
    ${'another signature'}       | ${{ decision: { approver: 'U0APPROVER', manifestHash: 'x', expiresAt: '2026-01-05T10:30:00.000Z', signature: '00' } }}
    ${'a longer life'}           | ${{ expiresAt: '2026-01-05T13:00:00.000Z' }}
    ${'another manifest hash'}   | ${{ manifestHash: 'forged' }}
    ${'an approver who asked'}   | ${{ requestedBy: 'U0APPROVER' }}
    ${'an approver who checked'} | ${{ checkedBy: 'U0APPROVER' }}
  `('applies nothing on $forgery', async ({ change }) => {
    await world.approve(change);
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it('applies no other object than the one approved, even under the right hash field', async () => {
    const { manifest } = world.record();
    await world.approve({
      manifest: { ...manifest, spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] } },
    });
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it("asks its own copy of the grants, and repeats the grants' reason", async () => {
    world.mayApprove = false;
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('The grants do not allow this.');
  });

  it('voids an approval when a fresh plan is another one, or none', async () => {
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    const widened = { ...isolating, spec: { podSelector: {}, policyTypes: ['Egress'] } };
    world.reading = { ...world.reading, policies: policiesWith(widened) };
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it('applies nothing once its time is over', async () => {
    await world.approve();
    world.pass(31);
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it('says what the cluster answered when it refuses the policy', async () => {
    world.writer.fail('create', 'forbidden');
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('the API server said forbidden');
  });

  it('tries again when the cluster does not answer, and removes what a withdrawn attempt left', async () => {
    world.writer.fail('create', 'unavailable');
    await world.approve();
    const job = world.jobs.take('apply');
    await expect(world.deliver(job)).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });

    world.remediations.dieAtNextSave();
    await expect(world.deliver(job, 2)).rejects.toThrow('killed');
    expect(world.policies()).toHaveLength(1);
    world.mayApprove = false;
    await world.deliver(job, 3);
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('removes what it created when somebody revoked in the same moment', async () => {
    await world.approve();
    world.writer.afterCreate(() => world.revoke());

    await world.drain();

    expect(world.writer.created).toHaveLength(1);
    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverting');
  });
});
