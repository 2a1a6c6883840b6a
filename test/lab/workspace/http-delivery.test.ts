import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { freePort, startHttpApp } from './bolt-app.ts';

let workspace: LabWorkspace;
let port: number;
let app: App | undefined;

beforeEach(async () => {
  port = await freePort();
  workspace = await startWorkspace({
    http: { requestUrl: `http://127.0.0.1:${port}/slack/events` },
    eventRetryDelaysMs: [0, 0],
  });
});

afterEach(async () => {
  await app?.stop();
  app = undefined;
  await workspace.close();
});

describe('lab/workspace/http-delivery', () => {
  it('signs a command so that Bolt accepts it, and shows the answer to that person alone', async () => {
    app = await startHttpApp(workspace, port, (bolt) =>
      bolt.command('/ipv6check', ({ command, ack }) =>
        ack({ response_type: 'ephemeral', text: `Heard ${command.text}` }),
      ),
    );

    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout to 2001:db8::1');

    expect(outcome.response?.text).toBe('Heard shop/checkout to 2001:db8::1');
    expect(workspace.visibleTo('bob', 'incidents')).toEqual([]);
  });

  it('shows an in_channel answer to everybody', async () => {
    app = await startHttpApp(workspace, port, (bolt) =>
      bolt.command('/ipv6check', ({ ack }) => ack({ response_type: 'in_channel', text: 'For all' })),
    );

    await workspace.command('alice', 'incidents', 'help');

    expect(workspace.visibleTo('bob', 'incidents')).toMatchObject([{ text: 'For all' }]);
  });

  it('takes an empty acknowledgement as one that shows nothing', async () => {
    app = await startHttpApp(workspace, port, (bolt) => bolt.command('/ipv6check', ({ ack }) => ack()));

    const outcome = await workspace.command('alice', 'incidents', 'help');

    expect(outcome).toMatchObject({ acknowledged: true });
    expect(outcome.response).toBeUndefined();
  });

  it('is refused by an app with another signing secret, and says so to the person', async () => {
    app = await startHttpApp(workspace, port, () => {}, 'another-secret');

    const outcome = await workspace.command('alice', 'incidents', 'help');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'dispatch_failed' });
  });

  it('gives up at three seconds', async () => {
    app = await startHttpApp(workspace, port, (bolt) => bolt.command('/ipv6check', async () => {}));

    const outcome = await workspace.command('alice', 'incidents', 'help');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'operation_timeout' });
    expect(outcome.afterMs).toBeGreaterThan(2_900);
  });

  it('posts a click as a form with one payload field', async () => {
    const heard: string[] = [];
    app = await startHttpApp(workspace, port, (bolt) => {
      bolt.command('/ipv6check', async ({ ack, command, client }) => {
        await ack();
        const press = { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Go' }, action_id: 'go' };
        const blocks = [{ type: 'actions' as const, elements: [press] }];
        await client.chat.postMessage({ channel: command.channel_id, text: 'Go?', blocks });
      });
      bolt.action('go', async ({ ack, body }) => {
        await ack();
        heard.push(body.user.id);
      });
    });
    await workspace.command('alice', 'incidents', 'help');
    const card = await workspace.waitFor(() => workspace.messages('incidents')[0]);

    const outcome = await workspace.click('carol', card, { label: 'Go' });

    expect(outcome).toMatchObject({ delivered: true, acknowledged: true });
    expect(heard).toEqual([workspace.people.carol.id]);
  });

  it('repeats an event with the retry headers until it is acknowledged', async () => {
    const attempts: { num: unknown; reason: unknown; event: string }[] = [];
    const server = createServer(async (request, response) => {
      const { 'x-slack-retry-num': num, 'x-slack-retry-reason': reason } = request.headers;
      attempts.push({ num, reason, event: JSON.parse(await text(request)).event_id });
      response.writeHead(attempts.length === 1 ? 500 : 200).end();
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');

    workspace.say('alice', 'incidents', `<@${workspace.bot}> shop/checkout`);
    await workspace.waitFor(() => workspace.deliveries.find(({ receipt }) => receipt.acknowledged));
    server.close();

    expect(attempts).toEqual([
      { num: undefined, reason: undefined, event: expect.stringMatching(/^Ev/) },
      { num: '1', reason: 'http_error', event: attempts[0]!.event },
    ]);
  });

  it('delivers a payload twice on request, the second time marked as a retry', async () => {
    const heard: { trigger: string; retry: number | undefined }[] = [];
    app = await startHttpApp(workspace, port, (bolt) =>
      bolt.command('/ipv6check', async ({ ack, command, context }) => {
        await ack('Heard');
        heard.push({ trigger: command.trigger_id, retry: context.retryNum });
      }),
    );
    workspace.switches.deliverTwice();

    await workspace.command('alice', 'incidents', 'help');

    expect(heard.map(({ retry }) => retry).sort()).toEqual([1, undefined]);
    expect(new Set(heard.map(({ trigger }) => trigger)).size).toBe(1);
    expect(workspace.ephemerals('alice')).toHaveLength(1);
  });
});
