import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Network } from '../contract.ts';
import { chooseProtocol, finish, startFailure } from './exec-channel.ts';
import { type ExecProcesses, runExec } from './exec-stream.ts';
import { checkContainer, checkStreams, kubeletDown, locate, runtimeDown } from './exec-target.ts';
import { attributesOf, authorize, enter, type Gate, record } from './gate.ts';
import { forbiddenWithoutReason, ruleAllowing } from './rbac.ts';
import { badRequest, failure, pageNotFound, Refusal, type Reply } from './status.ts';
import type { Store } from './store.ts';
import { DroppedConnection } from './trouble.ts';

export interface ExecContext {
  readonly gate: Gate;
  readonly store: Store;
  readonly network: Network;
  readonly processes: ExecProcesses;
}

function refuse(socket: Duplex, { code, body, headers = {} }: Reply): void {
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
  const type = typeof body === 'object' ? 'application/json' : 'text/plain; charset=utf-8';
  const lines = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    ...Object.entries({ 'content-type': type, ...headers }).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => chooseProtocol([...offered].join(',')) ?? false,
});

/** pods/exec, the one thing here that is asked for by an upgrade. */
export async function onUpgrade(
  context: ExecContext,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { gate, store, network, processes } = context;
  // A client that goes away in the middle is its own affair.
  socket.on('error', () => socket.destroy());
  try {
    const request = await enter(gate, incoming);
    const { path, query } = request;
    if (path.kind === 'other') throw badRequest('this path cannot be upgraded');
    authorize(path, request);
    if (path.plural !== 'pods' || path.subresource !== 'exec' || path.group !== '' || !path.name) throw pageNotFound();
    const asked = attributesOf(path, request);
    if (!ruleAllowing(request.user.rules, { ...asked, verb: 'create' })) throw forbiddenWithoutReason(asked);

    const target = locate(store, path.namespace ?? '', path.name, query);
    const protocol = chooseProtocol(incoming.headers['sec-websocket-protocol']);
    if (!protocol) throw new Refusal({ code: 403, body: undefined });
    checkStreams(query);
    const trouble = gate.trouble.execTroubleOf(target.container);
    // A node that nobody can reach: the dial hangs for half a minute before the API server gives up on it.
    if (trouble === 'no-answer') return record(gate, incoming, 0);
    if (trouble === 'kubelet-down') throw kubeletDown(target.node);
    if (trouble === 'runtime-down') throw runtimeDown();
    checkContainer(store, target);

    sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
      record(gate, incoming, 101);
      runExec(webSocket, { target, query, protocol, trouble }, network, processes).catch((error: unknown) => {
        finish(webSocket, startFailure(String(error), '0'.repeat(64), protocol));
      });
    });
  } catch (error) {
    if (error instanceof DroppedConnection) {
      record(gate, incoming, 0);
      socket.destroy();
      return;
    }
    const refusal = error instanceof Refusal ? error : failure(500, String(error), { reason: 'InternalError' });
    record(gate, incoming, refusal.reply.code);
    refuse(socket, refusal.reply);
  }
}
