import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { startSocketApp } from './bolt-app.ts';

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

async function start(prepare: (app: App) => void): Promise<void> {
  apps.push(await startSocketApp(workspace, prepare));
}

describe('lab/workspace/socket', () => {
  it('brings a command to the app and its acknowledgement to that person alone', async () => {
    await start((app) =>
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
    await start((app) => app.command('/ipv6check', async () => {}));

    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'operation_timeout' });
    expect(outcome.afterMs).toBeGreaterThan(2_900);
    expect(workspace.ephemerals('alice')[0]?.text).toContain('operation_timeout');
  });

  it('tells the person dispatch_failed when the app is not connected', async () => {
    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'dispatch_failed' });
  });

  it('tells the person invalid_command_response when the acknowledgement cannot be shown', async () => {
    await start((app) =>
      app.command('/ipv6check', ({ ack }) =>
        ack({ response_type: 'ephemeral', text: '', blocks: [{ type: 'section' }] }),
      ),
    );

    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: true, error: 'invalid_command_response' });
  });

  it('gives each payload to exactly one connection, in turn', async () => {
    const heard = [0, 0];
    for (const index of [0, 1]) {
      await start((app) =>
        app.command('/ipv6check', async ({ ack }) => {
          await ack();
          heard[index]! += 1;
        }),
      );
    }

    for (const text of ['a/a', 'b/b', 'c/c', 'd/d']) await workspace.command('alice', 'incidents', text);

    expect(heard).toEqual([2, 2]);
    expect(new Set(workspace.deliveries.map(({ via }) => via)).size).toBe(2);
  });

  it('delivers one payload twice on request, to both connections, and shows one answer', async () => {
    const triggers: string[] = [];
    const prepare = (app: App) =>
      app.command('/ipv6check', async ({ ack, command }) => {
        triggers.push(command.trigger_id);
        await ack('Heard');
      });
    await start(prepare);
    await start(prepare);
    workspace.switches.deliverTwice();

    await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(triggers).toHaveLength(2);
    expect(new Set(triggers).size).toBe(1);
    expect(workspace.deliveries.map(({ retry }) => retry?.attempt ?? 0).sort()).toEqual([0, 1]);
    expect(new Set(workspace.deliveries.map(({ via }) => via)).size).toBe(2);
    expect(workspace.ephemerals('alice')).toHaveLength(1);
  });

  it('hands an event on with its retry number when no connection took it', async () => {
    workspace.say('alice', 'incidents', `<@${workspace.bot}> shop/checkout`);

    await workspace.waitFor(() => workspace.deliveries.length === 4);

    expect(workspace.deliveries.map(({ retry }) => retry?.attempt)).toEqual([undefined, 1, 2, 3]);
    expect(new Set(workspace.deliveries.map(({ payload }) => payload.event_id)).size).toBe(1);
  });

  it('lets a Bolt app come back after every socket was dropped', async () => {
    await start((app) => app.command('/ipv6check', ({ ack }) => ack('Back')));

    workspace.dropSockets({ graceful: true });
    await workspace.waitFor(() => workspace.openSockets() === 0);
    await workspace.waitFor(() => workspace.openSockets() === 1, 15_000);
    const { response } = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(response?.text).toBe('Back');
  });

  it('loses what was in flight on a socket that is cut', async () => {
    await start((app) => app.command('/ipv6check', async () => workspace.dropSockets()));

    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'operation_timeout' });
  });

  it('opens a connection once per ticket and needs the app token for one', async () => {
    const open = (token: string) =>
      fetch(`${workspace.apiUrl}apps.connections.open`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      }).then(async (response): Promise<{ url: string }> => JSON.parse(await response.text()));
    const { url } = await open(workspace.appToken);

    const first = new WebSocket(url);
    const hello = await new Promise((resolve) => first.addEventListener('message', ({ data }) => resolve(data)));
    const second = new WebSocket(url);
    const refused = await new Promise((resolve) => second.addEventListener('error', () => resolve('refused')));
    first.close();

    expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello', num_connections: 1 });
    expect(refused).toBe('refused');
    expect(await open(workspace.botToken)).toEqual({ ok: false, error: 'not_allowed_token_type' });
  });

  it('sends an eleventh connection away', async () => {
    const connect = async () => {
      const headers = { authorization: `Bearer ${workspace.appToken}` };
      const opened = await fetch(`${workspace.apiUrl}apps.connections.open`, { method: 'POST', headers });
      const socket = new WebSocket(JSON.parse(await opened.text()).url);
      return new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data))));
    };

    const greetings = [];
    for (let count = 0; count < 11; count += 1) greetings.push(await connect());

    expect(greetings[9]).toMatchObject({ type: 'hello', num_connections: 10 });
    expect(greetings[10]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    expect(workspace.openSockets()).toBe(10);
  });

  it('gives nothing new to a connection that it has asked to leave', async () => {
    await start((app) => app.command('/ipv6check', ({ ack }) => ack('Too late')));

    workspace.dropSockets({ graceful: true });
    const outcome = await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(outcome).toMatchObject({ acknowledged: false, error: 'dispatch_failed' });
  });

  it('takes an acknowledgement only from the connection that got the payload', async () => {
    const heard: string[] = [];
    await start((app) => app.command('/ipv6check', async () => void heard.push('first')));
    await start((app) =>
      app.command('/ipv6check', async ({ ack }) => {
        heard.push('second');
        await ack('From the second');
      }),
    );
    workspace.switches.deliverTwice();

    await workspace.command('alice', 'incidents', 'shop/checkout');

    const results = workspace.deliveries.map(({ receipt }) => receipt.acknowledged).sort();
    expect(heard.sort()).toEqual(['first', 'second']);
    expect(results).toEqual([false, true]);
  });
});
