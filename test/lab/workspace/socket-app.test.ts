import { App, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';

let workspace: LabWorkspace;
let apps: App[];

beforeEach(async () => {
  workspace = await startWorkspace({ eventRetryDelaysMs: [0, 0, 0] });
  apps = [];
});

afterEach(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await workspace.close();
});

async function startApp(prepare: (app: App) => void): Promise<App> {
  const app = new App({
    token: workspace.botToken,
    appToken: workspace.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } },
  });
  prepare(app);
  apps.push(app);
  await app.start();
  return app;
}

const button = (actionId: string, value: string) => ({
  type: 'button' as const,
  text: { type: 'plain_text' as const, text: actionId },
  action_id: actionId,
  value,
});

describe('lab/workspace/socket', () => {
  it('brings a command to the app and its acknowledgement to that person alone', async () => {
    await startApp((app) =>
      app.command('/ipv6check', ({ command, ack }) =>
        ack({ response_type: 'ephemeral', text: `Heard ${command.text} from ${command.user_name}` }),
      ),
    );

    const { response, acknowledged } = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(acknowledged).toBe(true);
    expect(response?.text).toBe('Heard shop/checkout from alice');
    expect(workspace.ephemerals('alice')).toHaveLength(1);
    expect(workspace.ephemerals('bob')).toEqual([]);
    expect(workspace.visibleTo('bob', 'incidents')).toEqual([]);
    expect(workspace.messages('incidents')).toEqual([]);
  });

  it('tells the person operation_timeout when nothing is acknowledged in three seconds', async () => {
    await startApp((app) => app.command('/ipv6check', async () => {}));

    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'operation_timeout' });
    expect(outcome.afterMs).toBeGreaterThan(2_900);
    expect(workspace.ephemerals('alice')[0]?.text).toContain('operation_timeout');
  });

  it('tells the person dispatch_failed when the app is not connected', async () => {
    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'dispatch_failed' });
  });

  it('carries a click with the message, and the app edits it so that the button is gone', async () => {
    const seen: unknown[] = [];
    await startApp((app) => {
      app.command('/ipv6check', async ({ command, ack, client }) => {
        await ack();
        const blocks = [{ type: 'actions' as const, elements: [button('approve', 'id-1'), button('reject', 'id-1')] }];
        await client.chat.postMessage({ channel: command.channel_id, text: 'Proposed', blocks });
      });
      app.action('approve', async ({ ack, body, action, client }) => {
        await ack();
        seen.push(body, action);
        if (body.type !== 'block_actions' || !body.channel || !body.message) return;
        await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Approved', blocks: [] });
      });
    });
    await workspace.command('alice', 'incidents', 'shop/checkout');
    const card = await workspace.waitFor(() => workspace.messages('incidents')[0]);

    const outcome = await workspace.click('bob', card, 'approve');
    await workspace.waitFor(() => workspace.current(card)?.text === 'Approved');

    expect(outcome).toMatchObject({ delivered: true, acknowledged: true });
    expect(seen).toMatchObject([
      {
        type: 'block_actions',
        user: { id: workspace.people.bob.id, name: 'bob', team_id: workspace.team },
        team: { id: workspace.team },
        channel: { id: card.channel, name: 'incidents' },
        container: { type: 'message', message_ts: card.ts, channel_id: card.channel, is_ephemeral: false },
        message: { ts: card.ts, text: 'Proposed', user: workspace.bot },
      },
      { action_id: 'approve', value: 'id-1', type: 'button' },
    ]);
    await expect(workspace.click('carol', card, 'approve')).rejects.toThrow('No such button');
  });
});
