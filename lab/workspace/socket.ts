import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Parcel, Receipt, Transport } from './delivery.ts';
import { limits } from './limits.ts';
import { isShape, type Shape } from './problems.ts';
import type { State } from './state.ts';

interface Connection {
  readonly name: string;
  readonly socket: WebSocket;
}

export interface SocketMode extends Transport {
  /** A ticket good for one connection, as apps.connections.open hands out. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  openConnections(): number;
  /** Cuts every connection; gracefully means that Slack says `disconnect` first and lets the app close. */
  dropAll(options?: { readonly graceful?: boolean }): void;
  close(): Promise<void>;
}

const pingEveryMs = 5_000;
const closeWithinMs = 500;

const terminate = (socket: WebSocket): void => socket.terminate();
const cut = ({ socket }: Connection): void => terminate(socket);

export function createSocketMode({ directory, changes }: State): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  let connections: Connection[] = [];
  let turn = 0;
  let named = 0;
  const pending = new Map<string, { readonly connection: Connection; settle(response: Shape | undefined): void }[]>();
  const heartbeat = setInterval(() => {
    for (const { socket } of connections) socket.ping();
  }, pingEveryMs);

  function welcome(socket: WebSocket): void {
    if (connections.length >= limits.connections) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    named += 1;
    const connection = { name: `socket ${named}`, socket };
    connections.push(connection);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      connections = connections.filter((each) => each !== connection);
      changes.announce();
    });
    socket.on('message', (raw) => receive(connection, String(raw)));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: connections.length,
        debug_info: { host: 'lab', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: directory.appId },
      }),
    );
    changes.announce();
  }

  function receive(connection: Connection, raw: string): void {
    const ack = parsed(raw);
    if (!isShape(ack) || typeof ack.envelope_id !== 'string') return;
    const waiting = pending.get(ack.envelope_id)?.find((each) => each.connection === connection);
    // Slack shows the response only; an acknowledgement after three seconds finds nobody waiting.
    waiting?.settle(isShape(ack.payload) && Object.keys(ack.payload).length > 0 ? ack.payload : undefined);
  }

  function next(): Connection | undefined {
    turn += 1;
    return connections[turn % connections.length];
  }

  function deliver({ kind, envelopeId, payload, retry }: Parcel): Promise<Receipt & { via: string }> {
    const started = performance.now();
    const afterMs = (): number => performance.now() - started;
    const connection = next();
    if (!connection) {
      return Promise.resolve({ acknowledged: false, error: 'dispatch_failed', afterMs: 0, via: 'no connection' });
    }

    const { promise, resolve } = Promise.withResolvers<Receipt & { via: string }>();
    const finish = (receipt: Receipt): void => {
      clearTimeout(patience);
      const left = (pending.get(envelopeId) ?? []).filter((each) => each !== waiting);
      if (left.length > 0) pending.set(envelopeId, left);
      else pending.delete(envelopeId);
      resolve({ ...receipt, via: connection.name });
    };
    const waiting = {
      connection,
      settle: (response: Shape | undefined) => finish({ acknowledged: true, response, afterMs: afterMs() }),
    };
    const patience = setTimeout(() => {
      finish({ acknowledged: false, error: 'operation_timeout', afterMs: afterMs() });
    }, limits.ackMs);

    pending.set(envelopeId, [...(pending.get(envelopeId) ?? []), waiting]);
    connection.socket.send(
      JSON.stringify({
        envelope_id: envelopeId,
        type: kind,
        accepts_response_payload: kind !== 'events_api',
        payload,
        ...(kind === 'events_api' || retry
          ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }
          : {}),
      }),
    );
    return promise;
  }

  return {
    deliver,

    ticket() {
      const ticket = randomBytes(12).toString('hex');
      tickets.add(ticket);
      return ticket;
    },

    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://lab').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },

    openConnections: () => connections.length,

    dropAll({ graceful = false } = {}) {
      if (!graceful) return connections.forEach(cut);
      const bye = JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' });
      for (const { socket } of connections) socket.send(bye);
      connections = []; // what is in flight may still be acknowledged, nothing new goes there
      changes.announce();
    },

    async close() {
      clearInterval(heartbeat);
      // An app that is stopping has sent its close frame and expects ours; one that is hung gets half a second.
      const sockets = [...server.clients];
      const closing = sockets.map((socket) => once(socket, 'close'));
      const impatience = setTimeout(() => sockets.forEach(terminate), closeWithinMs);
      for (const socket of sockets) socket.close(1001);
      await Promise.all(closing);
      clearTimeout(impatience);
      server.close();
    },
  };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined; // not JSON acknowledges nothing
  }
}
