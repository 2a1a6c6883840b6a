import { beforeEach, describe, expect, it } from 'vitest';
import { aVerification } from '../../helpers/builders.ts';
import { type RemediationWorld, remediationId, remediationWorld } from '../../helpers/remediation-world.ts';

describe('workers/processors/verify', () => {
  let world: RemediationWorld;

  beforeEach(async () => {
    world = remediationWorld();
    await world.propose();
  });

  async function applied(): Promise<void> {
    await world.approve();
    await world.deliver(world.jobs.take('apply'));
  }
  const stored = (version: number) => world.remediations.loadVerification(remediationId, version);

  it('takes a baseline while nothing is applied, and judges nothing', async () => {
    expect(await stored(0)).toMatchObject({ ipv6: { connected: 0, of: 3 }, ipv4: { connected: 3, of: 3 } });
    expect(world.record().state).toBe('proposed');
  });

  it('waits until enforcement has followed the object', async () => {
    await applied();
    let looks = 0;
    world.reprobe = () => {
      looks += 1;
      return aVerification(looks < 3 ? 0 : 3, 3);
    };
    await world.deliver(world.jobs.take('verify'));

    expect(looks).toBe(3);
    expect(await stored(world.record().version)).toMatchObject({ ipv6: { connected: 3 } });
    expect(world.steps().map(({ name }) => name)).toEqual(['settle']);
  });

  it('waits no longer than it may, and leaves what it saw last', async () => {
    await applied();
    world.reprobe = () => aVerification(0, 3);
    await world.deliver(world.jobs.take('verify'));

    expect(world.probes).toBeGreaterThan(1);
    expect(await stored(world.record().version)).toMatchObject({ ipv6: { connected: 0 } });
  });

  it('does not ask again where nothing can be tried', async () => {
    await applied();
    const before = world.probes;
    world.reprobe = () => aVerification(0, 0, { problem: 'the pod is gone' });
    await world.deliver(world.jobs.take('verify'));

    expect(world.probes - before).toBe(1);
    expect((await stored(world.record().version))?.problem).toBe('the pod is gone');
  });

  it('does nothing for a record that has moved on, or is nobody’s', async () => {
    await applied();
    const job = world.jobs.take('verify');
    const before = world.probes;
    await world.revoke();
    await world.deliver(job);
    world.remediations.wipe();
    await world.deliver(job);

    expect(world.probes).toBe(before);
  });
});
