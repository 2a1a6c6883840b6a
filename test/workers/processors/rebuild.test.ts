import { beforeEach, describe, expect, it } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import { recordAnnotation } from '../../../src/remediation/kept.ts';
import { type RemediationWorld, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/rebuild', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.activate();
    world.pass(1);
  });

  function loseRedis(): void {
    world.remediations.wipe();
    world.runs.runs.clear();
    world.jobs.waiting.length = 0;
  }
  const thread = () => world.threads.textsIn(world.record().threadTs).join('\n');

  it('gives a policy that stands its record back, has it tried again, and ends it on time', async () => {
    const before = world.record();
    loseRedis();
    await world.sweep();
    await world.drain();

    expect(world.record()).toMatchObject({
      ...{ state: 'active', expiresAt: before.expiresAt, objectUid: before.objectUid, manifest: before.manifest },
      ...{ requestedBy: before.requestedBy, channel: before.channel, cardTs: before.cardTs },
    });
    expect(thread()).toContain('has been read again from the policy itself');

    world.pass(29);
    await world.drain();
    await world.sweep();
    await world.drain();
    expect(world.policies()).toEqual([]);
    expect(world.record().state).toBe('reverted');
  });

  it('has the end of a policy told that was over before its record was missed', async () => {
    loseRedis();
    world.pass(30);
    await world.sweep();
    await world.drain();

    expect(world.record().state).toBe('reverted');
    expect(thread()).toMatch(/Expired:[\s\S]*Reverted:/);
    expect(thread()).not.toContain('has been read again');
  });

  it('remembers what it removed while the store was away, and has that told when it is back', async () => {
    const { load, open } = world.remediations;
    const away = () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
    Object.assign(world.remediations, { load: away, open: away });
    world.pass(30);
    await world.sweep();
    await world.sweep();
    Object.assign(world.remediations, { load, open });
    loseRedis();
    await world.sweep();
    await world.drain();

    expect(world.record().state).toBe('reverted');
    expect(thread()).toContain('Reverted:');
    expect(world.writer.removed).toHaveLength(1);
  });

  it('rebuilds once when two writers sweep at once', async () => {
    loseRedis();
    await Promise.all([world.sweep(), world.sweep()]);
    await world.drain();

    expect(world.record().log.map(({ event }) => event)).toEqual(['approve', 'applied', 'proved']);
    expect(thread().match(/has been read again/g)).toHaveLength(1);
  });

  it('makes no record of a policy that nobody signed for, and lets it end', async () => {
    loseRedis();
    const [policy] = world.policies();
    const annotations = { ...(policy!.metadata.annotations as Record<string, string>) };
    const kept = JSON.parse(annotations[recordAnnotation]!);
    annotations[recordAnnotation] = JSON.stringify({ ...kept, decision: { ...kept.decision, approver: 'U0MALLORY' } });
    world.writer.objects.clear();
    world.writer.put({ ...policy!, metadata: { ...policy!.metadata, annotations } });
    await world.sweep();

    expect(world.remediations.records.size).toBe(0);
    world.pass(30);
    await world.sweep();
    expect(world.policies()).toEqual([]);
  });

  it('leaves the record of another cluster to its writers', async () => {
    loseRedis();
    const [policy] = world.policies();
    const annotations = { ...(policy!.metadata.annotations as Record<string, string>) };
    annotations[recordAnnotation] = annotations[recordAnnotation]!.replace('"cluster":"lab"', '"cluster":"prod"');
    world.writer.objects.clear();
    world.writer.put({ ...policy!, metadata: { ...policy!.metadata, annotations } });
    await world.sweep();

    expect(world.remediations.records.size).toBe(0);
  });
});
