import { App } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { measuredReceiver } from '../../src/adapters/measured-receiver.ts';
import { type Metrics, productMetrics } from '../../src/adapters/metrics.ts';
import { captureLog } from '../helpers/log.ts';
import { shownBy } from '../helpers/metrics.ts';
import { type SlackSide, slackSide } from '../helpers/slack-app.ts';

describe('adapters/measured-receiver', () => {
  let metrics: Metrics;
  let slack: SlackSide;
  let app: App;
  let heard: number;

  beforeEach(() => {
    metrics = productMetrics();
    slack = slackSide();
    heard = 0;
    const link = {
      heard: () => {
        heard += 1;
      },
    };
    app = new App({
      receiver: measuredReceiver(slack.receiver, metrics, link),
      logger: boltLogger(captureLog().log),
      authorize: async () => ({ botToken: 'xoxb-fake' }),
      convoStore: false,
    });
  });

  const command = { command: '/ipv6check', text: 'help', user_id: 'U1', team_id: 'T1', channel_id: 'C1' };
  const acks = (kind: string, result: string) => shownBy(metrics.acks, { kind, result });

  it('hands every event on, and times what is acknowledged', async () => {
    app.command('/ipv6check', ({ ack }) => ack('Heard'));

    expect(await slack.deliver(command)).toEqual(['Heard']);

    expect(heard).toBe(1);
    expect(await acks('command', 'acknowledged')).toBe(1);
    expect(await shownBy(metrics.ackSeconds, { kind: 'command' })).toBe(1);
    expect(await acks('command', 'unanswered')).toBeUndefined();
  });

  it('counts an acknowledgement once, and times it from the arrival', async () => {
    let before = 0;
    app.command('/ipv6check', async ({ ack }) => {
      before = performance.now();
      while (performance.now() - before < 30) await new Promise(setImmediate);
      await ack();
      await ack();
    });

    await slack.deliver(command);

    expect(await acks('command', 'acknowledged')).toBe(1);
    const sum = (await metrics.ackSeconds.get()).values.find(({ metricName }) => metricName?.endsWith('_sum'));
    expect(sum?.value).toBeGreaterThan(0.029);
  });

  it.each`
    body                                                                                                                               | kind
    ${command}                                                                                                                         | ${'command'}
    ${{ type: 'block_actions', user: { id: 'U1', team_id: 'T1' }, team: { id: 'T1' }, actions: [{ action_id: 'x', type: 'button' }] }} | ${'action'}
    ${{ type: 'view_submission', team: { id: 'T1' }, user: { id: 'U1', team_id: 'T1' }, view: { callback_id: 'x' } }}                  | ${'other'}
  `('counts a $kind that nobody acknowledges as unanswered', async ({ body, kind }) => {
    await slack.deliver(body);

    expect(heard).toBe(1);
    expect(await acks(kind, 'unanswered')).toBe(1);
    expect(await acks(kind, 'acknowledged')).toBeUndefined();
  });

  it('starts and stops what it stands before', async () => {
    const said: string[] = [];
    const { start, stop } = measuredReceiver(
      { init() {}, start: async (port) => said.push(`start ${port}`), stop: async () => said.push('stop') },
      ...([metrics, { heard() {} }] as const),
    );

    await start(3_000);
    await stop();

    expect(said).toEqual(['start 3000', 'stop']);
  });
});
