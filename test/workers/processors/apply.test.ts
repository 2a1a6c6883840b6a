import { beforeEach, describe, expect, it } from 'vitest';
import { signDecision } from '../../../src/remediation/decision.ts';
import type { Remediation } from '../../../src/remediation/lifecycle.ts';
import {
  decisionKey,
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
    expect(world.steps().map(({ name }) => name)).toEqual(['revert']);
  });

  it('takes what its own killed attempt created for its own', async () => {
    await world.approve();
    const job = world.jobs.take('apply');
    world.remediations.dieAtNextSave();
    await expect(world.deliver(job)).rejects.toThrow('killed');
    expect(world.record().state).toBe('approved');
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    // A fresh plan sees it too, and must not take it for a reason to do nothing.
    world.reading = { ...world.reading, policies: policiesWith(isolating, ...world.policies()) };

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

  const signed = (words: {
    key?: string;
    approver?: string;
    manifestHash?: string;
    expiresAt?: string;
  }): Partial<Remediation> => {
    const { key = decisionKey, expiresAt = '2026-01-05T10:30:00.000Z', ...other } = words;
    const { id, manifestHash } = world.record();
    return {
      expiresAt,
      decision: signDecision(key, { id, approver: 'U0APPROVER', manifestHash, expiresAt, ...other }),
    };
  };

  it.each<[string, () => Partial<Remediation>]>([
    ['no decision', () => ({ decision: null })],
    ['a signature under another key', () => signed({ key: 'a key that is not the shared one, 32+' })],
    ['a signature over another manifest', () => signed({ manifestHash: 'another' })],
    ['a signature over another end', () => ({ ...signed({}), expiresAt: '2026-01-05T11:00:00.000Z' })],
    ['an end beyond the maximum', () => signed({ expiresAt: '2026-01-05T15:00:00.000Z' })],
    ['another hash in the record', () => ({ manifestHash: 'forged' })],
    ['an approver who asked', () => ({ requestedBy: 'U0APPROVER' })],
    ['an approver who checked', () => ({ checkedBy: 'U0APPROVER' })],
  ])('applies nothing on %s', async (_, change) => {
    await world.approve(change());
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it('does not touch a record of another cluster', async () => {
    await world.approve({ cluster: 'other' });
    await world.drain();

    expect(world.record().state).toBe('approved');
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
    world.grants = { grants: [] };
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('You have no grant');
  });

  it('asks Slack afresh where a group decides, and waits while Slack does not say', async () => {
    world.grants = { grants: [{ userGroups: ['S0APPROVERS'], namespaces: ['shop'], may: ['approve'] }] };
    world.members = null;
    await world.approve();
    const job = world.jobs.take('apply');
    await expect(world.deliver(job)).rejects.toThrow('did not say');
    expect(world.record().state).toBe('approved');

    world.members = ['U0APPROVER'];
    await world.deliver(job, 2);

    expect(world.record().state).toBe('verifying');
  });

  it('voids an approval when a fresh plan is another one', async () => {
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    const { pod } = world.reading;
    const stable = { app: 'checkout', track: 'stable' };
    const relabelled = { ...pod, labels: stable, workload: { ...pod.workload!, matchLabels: stable } };
    world.reading = { ...world.reading, pod: relabelled, pods: [relabelled] };
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
    expect(world.threads.textsIn(world.record().threadTs).at(-1)).toContain('has changed since');
  });

  it('voids an approval when there is nothing left to open', async () => {
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    world.reading = { ...world.reading, policies: policiesWith() };
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('failed');
    expect(world.writer.created).toEqual([]);
  });

  it('applies what is still the same object, though the policy that isolates has been rewritten', async () => {
    if (!world.reading.ok) throw new Error('the cluster can be read here');
    const widened = { ...isolating, spec: { podSelector: {}, policyTypes: ['Egress'] } };
    world.reading = { ...world.reading, policies: policiesWith(widened) };
    await world.approve();
    await world.drain();

    expect(world.record().state).toBe('active');
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
    world.grants = { grants: [] };
    await world.deliver(job, 3);
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('leaves what it created to the sweep when Redis is lost in the same moment', async () => {
    world.writer.afterCreate(async () => world.remediations.wipe());
    await world.approve();
    await world.drain();
    expect(world.policies()).toHaveLength(1);

    await world.sweep();
    await world.drain();
    expect(world.record()).toMatchObject({ state: 'active', objectUid: world.policies()[0]?.metadata.uid });
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
