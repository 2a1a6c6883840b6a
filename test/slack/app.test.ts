import { beforeEach, describe, expect, it } from 'vitest';
import { BotError } from '../../src/errors.ts';
import { approvalActions } from '../../src/slack/views/approval.ts';
import { cardActions } from '../../src/slack/views/card.ts';
import { type BotWorld, botWorld } from '../helpers/bot-world.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const buttons = [...Object.values(cardActions), ...Object.values(approvalActions)];

describe('slack/app', () => {
  it.each(buttons)('hears %s, and answers in words where nothing can be done', async (actionId) => {
    const words = /not known|kept for a day|older than a day/i;
    expect(await world.press(actionId, 'rabcdefghijklmnopqrs')).toMatch(words);
    expect(await world.press(actionId, '')).toMatch(words);
  });

  it.each(buttons)('says in words that Redis is away when %s is pressed', async (actionId) => {
    const [id, state] = [await world.proposed({ state: 'active' }), 'active'];
    world.isRedisDown = true;

    expect(await world.press(actionId, id, { user: 'U0APPROVER' })).toContain('Redis');

    expect(world.record(id).state).toBe(state);
    expect(world.jobs.waiting).toEqual([]);
  });

  it.each`
    actionId                   | job
    ${approvalActions.approve} | ${'apply'}
    ${cardActions.ask}         | ${'propose'}
    ${cardActions.again}       | ${'diagnose'}
  `(
    'acts once on $actionId when Slack brings the same press again, and answers the repetition with nothing',
    async ({ actionId, job }) => {
      const value = actionId === approvalActions.approve ? await world.proposed() : await world.checked();
      const pressed = () => world.press(actionId, value, { user: 'U0APPROVER', trigger: 'one' });

      expect(await Promise.all([pressed(), pressed()])).toEqual([null, null]);
      expect(await pressed()).toBeNull();

      expect(world.jobs.waiting.map(({ name }) => name)).toEqual([job]);
    },
  );

  it('remembers a press for as long as Slack repeats it', async () => {
    await world.press(cardActions.again, await world.checked(), { trigger: 'one' });

    expect(world.claims.taken.get(`press-one-${cardActions.again}`)).toBeGreaterThanOrEqual(3_600);
  });

  it('acknowledges a press before it does anything that may take long', async () => {
    const acknowledgements: unknown[] = [];
    const known = Promise.withResolvers<'own'>();
    const before = new Promise<number>((resolve) => {
      world.people.channel = () => {
        resolve(acknowledgements.length);
        return known.promise;
      };
    });

    const done = world.slack.deliver(aPress(cardActions.again, await world.checked()), acknowledgements);

    expect(await before).toBe(1);
    known.resolve('own');
    await done;
  });

  it('says what the catalogue says of an error, logs the rest, and tells one person', async () => {
    world.people.channel = () => Promise.reject(new BotError('CLUSTER_UNAVAILABLE'));

    const answer = await world.press(cardActions.again, await world.checked());

    expect(answer).toContain('The Kubernetes API does not answer.');
    expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'request refused', user: 'U0ASKER' }));
    expect(world.threads.told.map(({ user }) => user)).toEqual(['U0ASKER']);
  });

  it('keeps the words of an unknown failure out of Slack', async () => {
    world.people.channel = () => Promise.reject(new Error('connect ECONNREFUSED redis.internal'));

    expect(await world.press(cardActions.again, await world.checked())).toBe(
      'This failed for a reason of its own; it is in the log of the bot.',
    );
  });

  it('notes an answer that reaches nobody', async () => {
    world.threads.fail('tell', 'unreachable');

    await world.press(cardActions.again, 'gone');

    expect(world.lines).toContainEqual(
      expect.objectContaining({ msg: 'answer reached nobody', reason: 'unreachable' }),
    );
  });

  it('does nothing for a button of nobody, and for one outside a channel', async () => {
    const { channel: _channel, ...homeless } = aPress(cardActions.again, 'x');

    expect(await world.slack.deliver(aPress('other', 'x'))).toEqual([]);
    expect(await world.slack.deliver(homeless)).toEqual([null]);
    expect(world.threads.told).toEqual([]);
  });
});

function aPress(actionId: string, value: string): Record<string, unknown> {
  return {
    ...{ type: 'block_actions', user: { id: 'U0ASKER', team_id: 'T0HOME' }, team: { id: 'T0HOME' }, trigger_id: 't' },
    ...{ channel: { id: 'C0INCIDENT' }, response_url: 'https://hooks.example/1' },
    actions: [{ type: 'button', action_id: actionId, block_id: 'b', value }],
  };
}
