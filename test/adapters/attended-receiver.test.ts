import { App } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Attended, attendedReceiver } from '../../src/adapters/attended-receiver.ts';
import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { captureLog } from '../helpers/log.ts';
import { type SlackSide, slackSide } from '../helpers/slack-app.ts';

describe('adapters/attended-receiver', () => {
  let slack: SlackSide;
  let attended: Attended;
  let held: PromiseWithResolvers<void>[];

  beforeEach(() => {
    slack = slackSide();
    attended = attendedReceiver(slack.receiver);
    held = [];
    const app = new App({
      ...{ receiver: attended.receiver, logger: boltLogger(captureLog().log), convoStore: false },
      authorize: async () => ({ botToken: 'xoxb-fake' }),
    });
    app.command('/ipv6check', async ({ ack }) => {
      const hold = Promise.withResolvers<void>();
      held.push(hold);
      await hold.promise;
      await ack('Done');
    });
  });

  const command = { command: '/ipv6check', text: 'help', user_id: 'U1', team_id: 'T1', channel_id: 'C1' };
  const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
    const no = Symbol('not yet');
    return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, no))])) !== no;
  };

  it('is idle at once where nothing is at hand', async () => {
    expect(await isSettled(attended.idle(60_000))).toBe(true);
  });

  it('waits for what was heard, and for what is heard meanwhile', async () => {
    const first = slack.deliver(command);
    await expect.poll(() => held.length).toBe(1);
    const idle = attended.idle(60_000);
    const second = slack.deliver(command);
    await expect.poll(() => held.length).toBe(2);

    held[0]!.resolve();
    expect(await first).toEqual(['Done']);
    expect(await isSettled(idle)).toBe(false);
    held[1]!.resolve();

    await idle;
    expect(await second).toEqual(['Done']);
  });

  it('waits no longer than its patience, and not for what has failed', async () => {
    const hanging = slack.deliver(command);
    await expect.poll(() => held.length).toBe(1);

    await attended.idle(10);
    expect(await isSettled(hanging)).toBe(false);

    held[0]!.reject(new Error('no'));
    await hanging.catch(() => null); // Bolt says so to whoever delivered it
    await attended.idle(60_000);
  });

  it('starts and stops what it stands before', async () => {
    const said: string[] = [];
    const { receiver } = attendedReceiver({
      ...{ init() {}, start: async (port) => said.push(`start ${port}`), stop: async () => said.push('stop') },
    });

    await receiver.start(3_000);
    await receiver.stop();

    expect(said).toEqual(['start 3000', 'stop']);
  });
});
