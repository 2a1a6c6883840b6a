import { beforeEach, describe, expect, it } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import { type RemediationWorld, remediationId, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/sweep', () => {
  let world: RemediationWorld;

  beforeEach(() => {
    world = remediationWorld();
  });

  const annotate = (name: string, value: string | undefined): void => {
    const [policy] = world.policies();
    const { [name]: _, ...others } = { ...(policy!.metadata.annotations as Record<string, string>) };
    const annotations = value === undefined ? others : { ...others, [name]: value };
    world.writer.objects.clear();
    world.writer.put({ ...policy!, metadata: { ...policy!.metadata, annotations } });
  };

  it('leaves a policy alone until its end', async () => {
    await world.activate();
    world.pass(29);

    expect(await world.sweep()).toEqual({ removed: [], failed: [], open: 1 });
    expect(world.policies()).toHaveLength(1);
  });

  it('removes an active policy on time when Redis was wiped', async () => {
    await world.activate();
    world.remediations.wipe();
    world.jobs.waiting.length = 0;
    world.pass(30);

    expect(await world.sweep()).toMatchObject({ removed: [`NetworkPolicy shop/ipv6check-${remediationId}`] });
    expect(world.policies()).toEqual([]);
  });

  it('removes it on time when Redis does not answer at all', async () => {
    await world.activate();
    world.remediations.load = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
    world.remediations.open = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
    world.pass(30);

    expect(await world.sweep()).toMatchObject({ removed: [expect.any(String)], open: null });
    expect(world.policies()).toEqual([]);
  });

  it("judges by the API server's clock and not its own", async () => {
    await world.activate();
    world.now = new Date(world.now.getTime() + 3_600_000);
    expect((await world.sweep()).removed).toEqual([]);

    world.pass(0);
    world.writer.now = new Date(world.now.getTime());
    expect((await world.sweep()).removed).toHaveLength(1);
  });

  it('reverts at once a policy of ours that has come to do harm, and says why', async () => {
    await world.activate();
    world.pass(1);
    world.harm = 'It had become the only policy that isolates pod shop/checkout-7d9f.';

    expect((await world.sweep()).removed).toHaveLength(1);
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
    expect(world.record().log.map(({ note }) => note)).toContain(world.harm);
    expect(world.lines.some((line) => line.alert === true && line.harm === world.harm)).toBe(true);
  });

  it('removes what does harm even when the store does not answer', async () => {
    await world.activate();
    world.harm = 'It cuts IPv4.';
    world.remediations.load = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
    world.remediations.open = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));

    expect(await world.sweep()).toMatchObject({ removed: [expect.any(String)], open: null });
    expect(world.policies()).toEqual([]);
  });

  it('has the removal proved and posted when the delayed job was lost', async () => {
    await world.activate();
    world.jobs.waiting.length = 0;
    world.pass(30);

    await world.sweep();
    await world.drain();

    expect(world.record().state).toBe('reverted');
    expect(world.events()).toEqual(['approve', 'applied', 'proved', 'expire', 'reverted']);
  });

  it.each`
    flaw             | value
    ${'missing'}     | ${undefined}
    ${'unreadable'}  | ${'soon'}
    ${'too far off'} | ${'2030-01-01T00:00:00Z'}
  `('takes an expiry that is $flaw for past', async ({ value }) => {
    await world.activate();
    annotate('ipv6check.dev/expires-at', value);

    expect((await world.sweep()).removed).toHaveLength(1);
  });

  it('does not touch an object that bears our label and is not of our name or shape', async () => {
    const stranger = world.writer.put({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'ipv6check' } },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });

    expect(await world.sweep()).toMatchObject({ removed: [], failed: [] });
    expect(world.policies()).toEqual([stranger]);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ alert: true, object: 'NetworkPolicy shop/default-deny' }),
    );
  });

  it('alerts when it cannot remove, and tries at every sweep', async () => {
    await world.activate();
    world.remediations.wipe();
    world.pass(31);
    world.writer.fail('remove', 'forbidden', 2);

    expect((await world.sweep()).failed).toHaveLength(1);
    expect((await world.sweep()).failed).toHaveLength(1);
    expect((await world.sweep()).removed).toHaveLength(1);
    expect(world.lines.filter(({ alert }) => alert === true)).toHaveLength(2);
  });

  it.each(['apply', 'verify', 'settle'])('takes up a remediation whose %s job was lost', async (lost) => {
    await world.propose();
    await world.approve();
    while (world.jobs.waiting[0]?.name !== lost) await world.deliver(world.jobs.take());
    world.jobs.waiting.length = 0;

    await world.sweep();
    expect(world.jobs.waiting).toEqual([]);
    world.pass(2);
    await world.sweep();
    await world.sweep();
    expect(world.jobs.waiting).toHaveLength(1);
    await world.drain();

    expect(world.record().state).toBe('active');
  });

  it('takes up a revocation whose job was lost', async () => {
    await world.activate();
    await world.revoke();
    world.pass(2);
    await world.sweep();
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('leaves a proposal open until its time is over', async () => {
    await world.propose();
    world.pass(29);
    await world.sweep();

    expect(world.record().state).toBe('proposed');
  });

  it("ends the record too when the API server's clock is ahead of its own", async () => {
    await world.activate();
    world.writer.now = new Date(world.now.getTime() + 30 * 60_000);
    await world.sweep();

    expect(world.events().at(-1)).toBe('expire');
  });

  it("ends a policy by the record when the API server's clock is behind", async () => {
    await world.activate();
    world.jobs.waiting.length = 0;
    world.now = new Date(world.now.getTime() + 30 * 60_000);
    await world.sweep();
    await world.drain();

    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('asks for a new job each time that it finds a step overdue: BullMQ drops one whose id it still knows', async () => {
    await world.propose();
    await world.approve();
    for (const _ of [1, 2]) {
      world.pass(2);
      await world.sweep();
    }

    expect(world.steps().map(({ id }) => id.split('-').at(-1))).toEqual(['0', '2', '4']);
  });

  it('closes a proposal that nobody decided, and its card', async () => {
    await world.propose();
    world.pass(30);
    await world.sweep();

    expect(world.record().state).toBe('lapsed');
    const card = world.threads.shown.find(({ ts }) => ts === world.record().cardTs);
    expect(card?.edits).toBe(1);
    await expect(world.approve()).rejects.toThrow('not-in-this-state');
  });

  it('ends a remediation whose policy somebody removed by hand', async () => {
    await world.activate();
    world.writer.objects.clear();
    await world.sweep();
    expect(world.record().state).toBe('active');

    world.pass(2);
    await world.sweep();
    await world.drain();

    expect(world.record().state).toBe('reverted');
  });

  it('removes what outlived its record, long before its end', async () => {
    await world.activate();
    const [policy] = world.policies();
    await world.revoke();
    world.pass(2);
    await world.sweep();
    await world.drain();
    world.writer.put(policy!);

    await world.sweep();

    expect(world.policies()).toEqual([]);
  });

  it('leaves records of other clusters to their writers', async () => {
    await world.propose();
    world.remediations.records.set(remediationId, { ...world.record(), cluster: 'other' });
    world.pass(60);

    expect(await world.sweep()).toMatchObject({ open: 0 });
    expect(world.record().state).toBe('proposed');
  });

  it('sees to the others when one record cannot be attended to', async () => {
    await world.propose();
    const other = { ...world.record(), id: 'rzyxwvutsrqponmlkjih' };
    world.remediations.records.set(other.id, other);
    const save = world.remediations.save;
    world.remediations.save = (next, version) =>
      next.id === remediationId ? Promise.reject(new Error('broken record')) : save(next, version);
    world.pass(60);

    await world.sweep();

    expect(world.remediations.records.get(other.id)?.state).toBe('lapsed');
  });
});
