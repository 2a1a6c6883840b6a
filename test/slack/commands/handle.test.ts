import { beforeEach, describe, expect, it } from 'vitest';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

describe('slack/commands/handle', () => {
  it('acknowledges a check with nothing, and leaves the rest to a prober of that cluster', async () => {
    expect(await world.command('prod:shop/checkout to [2001:db8::1]:53', { user: 'U0CHECKER' })).toBeNull();

    const { queue, payload } = world.jobs.take('diagnose');
    expect(queue).toBe('probe-prod');
    expect(payload).toMatchObject({
      ...{ v: 1, cluster: 'prod', target: { kind: 'pod', namespace: 'shop', name: 'checkout' } },
      ...{ destination: { host: '2001:db8::1', port: 53 } },
      ...{ team: 'T0HOME', channel: 'C0INCIDENT', requestedBy: 'U0CHECKER' },
    });
  });

  it.each`
    text                  | words
    ${''}                 | ${'IPv6 egress'}
    ${' help '}           | ${'IPv6 egress'}
    ${'checkout'}         | ${'"checkout"'}
    ${'revoke'}           | ${'revoke takes the id'}
    ${'no:shop/checkout'} | ${'There is no cluster "no" here. Known: lab, prod.'}
  `('answers "$text" to that person alone, and starts nothing', async ({ text, words }) => {
    const answer = await world.command(text);

    expect(answer).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(words) });
    expect(world.jobs.waiting).toEqual([]);
    expect(world.threads.shown).toEqual([]);
  });

  it.each(['shop/checkout', 'active', 'revoke rabcdefghijklmnopqrs'])(
    'refuses "%s" in words while Redis is away, and starts nothing',
    async (text) => {
      world.isRedisDown = true;

      expect((await world.command(text))?.text).toContain('Redis');
      expect(world.jobs.waiting).toEqual([]);
    },
  );

  it('still helps while Redis and Slack are away', async () => {
    world.isRedisDown = true;
    world.people.team = null;

    expect((await world.command('help'))?.text).toContain('IPv6 egress');
  });

  it('starts one run when Slack brings the same command twice', async () => {
    await Promise.all([1, 2].map(() => world.command('shop/checkout', { trigger: 'one' })));

    expect(world.jobs.waiting).toHaveLength(1);
    expect(world.runs.runs.size).toBe(1);

    await world.command('shop/checkout', { trigger: 'two' });
    expect(world.jobs.waiting).toHaveLength(2);
  });

  it('says a failure that it does not know in no words of its own, and logs it', async () => {
    world.people.channel = () => Promise.reject(new Error('xoxb-secret leaked'));

    const answer = await world.command('shop/checkout');

    expect(answer?.text).toBe('This failed for a reason of its own; it is in the log of the bot.');
    expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'request failed', user: 'U0ASKER' }));
  });

  describe('active', () => {
    it('lists what stands or waits in the namespaces that the person may check, and what has ended nowhere', async () => {
      world.grants = { grants: [{ users: ['U0ASKER'], namespaces: ['shop'], may: ['check'] }] };
      const shown = await world.proposed({ state: 'active' });
      const hidden = await world.proposed({ subject: { namespace: 'vault', pod: 'safe-0', uid: 'u' } });
      const ended = await world.proposed({ state: 'reverted' });
      const elsewhere = await world.proposed({ cluster: 'gone' });

      const answer = JSON.stringify(await world.command('active'));

      expect(answer).toContain(shown);
      for (const id of [hidden, ended, elsewhere]) expect(answer).not.toContain(id);
      expect(answer).toContain('1 temporary policy');
    });

    it('does not pass silence for an empty list', async () => {
      await world.proposed({ state: 'active' });
      world.people.groups.clear();

      expect((await world.command('active'))?.text).toContain('Slack did not say');
    });

    it('asks Slack once for each namespace, however many policies there are', async () => {
      for (let count = 0; count < 10; count += 1) await world.proposed();

      await world.command('active');

      expect(world.people.asked.filter((what) => what.startsWith('membersOf'))).toHaveLength(1);
    });

    it('tells a stranger that there is nothing to see', async () => {
      await world.proposed({ state: 'active' });

      const answer = await world.command('active', { user: 'U0STRANGER', team: 'T0PARTNER' });

      expect(answer?.text).toBe('There is no temporary policy that you could see.');
    });
  });
});
