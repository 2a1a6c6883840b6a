import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, type SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { startWorkspace } from '../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../lab/workspace/workspace.ts';
import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { type Connection, type Hearing, keepConnected, socketReceiver } from '../../src/adapters/socket-mode.ts';
import { captureLog, type TestLog } from '../helpers/log.ts';

const soon = { firstMs: 20, longestMs: 100, greetingMs: 5_000 };
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 10_000, interval: 10 });

let test: TestLog;
let connections: Connection[];
beforeEach(() => {
  test = captureLog();
  connections = [];
});

const said = (words: string): number => test.lines.filter(({ msg }) => msg === words).length;

/** Bolt behind the connection, answering every command with the word. */
function connect(receiver: SocketModeReceiver, patience = soon, hearing?: Hearing): Connection {
  const app = new App({
    ...{ receiver, logger: boltLogger(test.log), convoStore: false },
    authorize: async () => ({ botToken: 'xoxb-fake' }),
  });
  app.command('/ipv6check', ({ ack }) => ack({ response_type: 'ephemeral', text: 'Heard' }));
  const connection = keepConnected(receiver, test.log, patience, hearing);
  connections.push(connection);
  return connection;
}

const receiverFor = ({ appToken, apiUrl }: Pick<LabWorkspace, 'appToken' | 'apiUrl'>) =>
  socketReceiver({ appToken, apiUrl, boltLogger: boltLogger(test.log) });

describe('adapters/socket-mode', () => {
  describe('with a workspace', () => {
    let slack: LabWorkspace;
    beforeEach(async () => {
      slack = await startWorkspace();
    });
    afterEach(async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await slack.close();
    });

    it('hears what is typed', async () => {
      connect(receiverFor(slack));
      await until(() => slack.openSockets() === 1);

      expect((await slack.command('alice', 'incidents', 'help')).response?.text).toBe('Heard');
    });

    it.each([true, false])('comes back when its sockets are dropped (gracefully: %s)', async (graceful) => {
      connect(receiverFor(slack));
      await until(() => slack.openSockets() === 1);

      slack.dropSockets({ graceful });
      await until(() => slack.openSockets() === 0);
      await until(() => slack.openSockets() === 1);

      expect((await slack.command('alice', 'incidents', 'help')).response?.text).toBe('Heard');
    });

    it('tells of each greeting and of each end', async () => {
      const told: string[] = [];
      const hearing = { connected: () => void told.push('connected'), lost: () => void told.push('lost') };
      const connection = connect(receiverFor(slack), soon, hearing);
      await until(() => told.length === 1);
      slack.dropSockets({ graceful: false });
      await until(() => told.length === 3);
      await connection.close();

      expect(told).toEqual(['connected', 'lost', 'connected', 'lost']);
    });

    it('takes no event any more once it is closed', async () => {
      const connection = connect(receiverFor(slack));
      await until(() => slack.openSockets() === 1);

      await connection.close();

      await until(() => slack.openSockets() === 0);
      expect(await slack.command('alice', 'incidents', 'help')).toMatchObject({ error: 'dispatch_failed' });
    });

    it('is closed although a connection is only being made', async () => {
      slack.switches.delay('apps.connections.open', 300);
      const connection = connect(receiverFor(slack));

      await connection.close();

      await until(() => slack.openSockets() === 0);
      expect(said('connected to Slack')).toBe(0);
    });

    it('is closed at once while it waits for its next attempt', async () => {
      slack.switches.fail('apps.connections.open', 'internal_error', 100);
      const connection = connect(receiverFor(slack), { ...soon, firstMs: 3_600_000, longestMs: 3_600_000 });
      await until(() => said('not connected to Slack') > 0);

      await connection.close();

      expect(slack.calls('apps.connections.open')).toHaveLength(1);
    });
  });

  describe('with a Slack of few words', () => {
    let server: Server;
    let sockets: WebSocketServer;
    let opened: number;
    let greet: (socket: WebSocket) => void;
    let receiver: SocketModeReceiver;

    async function listen(at = 0): Promise<void> {
      server = createServer((_request, response) => {
        opened += 1;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port()}/link/?ticket=t` }));
      }).listen(at, '127.0.0.1');
      await once(server, 'listening');
      sockets = new WebSocketServer({ server });
      sockets.on('connection', (socket) => greet(socket));
    }

    async function goAway(): Promise<void> {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }

    beforeEach(async () => {
      [opened, greet] = [0, () => {}];
      await listen();
      receiver = receiverFor({ appToken: 'xapp-fake', apiUrl: `http://127.0.0.1:${port()}/api/` });
    });
    afterEach(async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await goAway();
    });

    // A listening TCP server has an address of this kind.
    const port = (): number => (server.address() as AddressInfo).port;
    const hello = JSON.stringify({ type: 'hello' });

    it('comes back after Slack was away altogether, and says in the log that it was', async () => {
      greet = (socket) => socket.send(hello);
      connect(receiver);
      await until(() => said('connected to Slack') === 1);

      const samePort = port();
      await goAway();
      await until(() => said('not connected to Slack') >= 4);
      await listen(samePort);

      await until(() => said('connected to Slack') === 2);
      expect(test.lines.filter(({ retryInMs }) => Number(retryInMs) > soon.longestMs)).toEqual([]);
    });

    it('gives up a connection that stays silent, and greets the next one that speaks', async () => {
      connect(receiver, { ...soon, greetingMs: 100 });
      await until(() => opened >= 3);
      expect(said('connected to Slack')).toBe(0);

      greet = (socket) => socket.send(hello);

      await until(() => said('connected to Slack') > 0);
    });

    it('gives up a silent one that does not even return its farewell', async () => {
      greet = (socket) => void socket.pause();
      connect(receiver, { ...soon, greetingMs: 100 });

      await until(() => opened >= 3);
    });

    it('does not rush at a Slack that greets and leaves', async () => {
      greet = (socket) => socket.send(hello, () => socket.terminate());
      connect(receiver, { ...soon, firstMs: 100, longestMs: 400 });

      await until(() => test.lines.filter(({ retryInMs }) => retryInMs !== undefined).length >= 4);

      const waits = test.lines.flatMap(({ retryInMs }) => (retryInMs === undefined ? [] : [retryInMs]));
      expect(waits.slice(0, 4)).toEqual([100, 200, 400, 400]);
    });

    it('renews a connection that has stood for long without waiting', async () => {
      greet = (socket) => socket.send(hello);
      connect(receiver, { ...soon, longestMs: 50 });
      await until(() => said('connected to Slack') > 0);
      const since = performance.now();
      await until(() => performance.now() - since > 60);

      for (const socket of sockets.clients)
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
      await until(() => opened === 2);

      expect(test.lines).toContainEqual(expect.objectContaining({ msg: 'not connected to Slack', retryInMs: 0 }));
    });

    it('keeps its tokens and the tickets out of the log', async () => {
      greet = (socket) => socket.terminate();
      connect(receiver);

      await until(() => opened >= 3);

      expect(JSON.stringify(test.lines)).not.toMatch(/xapp-fake|ticket=t\b/);
    });
  });
});
