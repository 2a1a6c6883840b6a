import { beforeEach, describe, expect, it } from 'vitest';
import type { EventName } from '../../../src/remediation/lifecycle.ts';
import { carryOn, decide } from '../../../src/slack/actions/decide.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const decideBy = async (user: string, event: EventName, id: string) =>
  decide(world.deps, world.record(id), event, { user, name: user.toLowerCase() });

describe('slack/actions/decide', () => {
  it('gives up after a few tries against a record that is always newer, and claims no decision', async () => {
    const id = await world.proposed();
    let saves = 0;
    world.remediations.save = async () => {
      saves += 1;
      return 'stale';
    };

    expect(await decideBy('U0APPROVER', 'reject', id)).toMatchObject({
      ok: false,
      sentence: 'Someone else has already decided this.',
    });
    expect(saves).toBe(5);
  });

  it('does not bring back a record that goes away meanwhile', async () => {
    const id = await world.proposed();
    const found = world.record(id);
    world.remediations.records.delete(id);

    expect(await decide(world.deps, found, 'reject', { user: 'U0APPROVER' })).toMatchObject({ ok: false });

    expect(world.remediations.records.has(id)).toBe(false);
  });

  it('logs who decided what, with the version and the hash that it was about', async () => {
    const id = await world.proposed();

    await decideBy('U0APPROVER', 'reject', id);

    expect(world.lines).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'remediation decided', remediationId: id, event: 'reject', by: 'U0APPROVER' },
        ...{ state: 'rejected', version: 1, manifestHash: 'hash' },
      }),
    );
  });

  it('logs no decision that was not saved', async () => {
    const id = await world.proposed();

    await decideBy('U0ASKER', 'approve', id);

    expect(world.lines).toEqual([]);
  });

  it.each`
    log                                                                           | sentence
    ${[]}                                                                         | ${'This policy is active already.'}
    ${[{ event: 'proved', by: 'writer' }]}                                        | ${'This policy is active already.'}
    ${[{ event: 'approve', by: 'U0SECOND' }, { event: 'applied', by: 'writer' }]} | ${'second has already approved this policy; it is active.'}
    ${[{ event: 'approve', by: 'U0SECOND' }, { event: 'expire', by: 'writer' }]}  | ${'The time of this policy is over; it is active.'}
  `('tells from the log who came first: $sentence', async ({ log, sentence }) => {
    const entries = log.map((entry: object) => ({ ...entry, at: '2026-01-05T10:00:00.000Z', note: '' }));
    const id = await world.proposed({ state: 'active', log: entries });

    expect(await decideBy('U0APPROVER', 'approve', id)).toEqual({ ok: false, sentence });
  });

  it('queues no step where none follows, and redraws no card where none was posted', async () => {
    const id = await world.proposed({ cardTs: null });

    await carryOn(world.deps, world.record(id), null);

    expect(world.jobs.waiting).toEqual([]);
    expect(world.threads.shown.map(({ edits }) => edits)).toEqual([0]);
  });

  it('notes what people call who decided, so that nobody has to read ids', async () => {
    const id = await world.proposed({ names: { U0ASKER: 'alice' } });
    await decideBy('U0APPROVER', 'reject', id);

    expect(world.record(id).names).toEqual({ U0ASKER: 'alice', U0APPROVER: 'u0approver' });
  });
});
