import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import type { Door } from '../../../workers/adapters/door.ts';
import { type ConnectedCluster, connectCluster } from '../../../workers/adapters/kubernetes.ts';
import { type Rest, type RestOptions, restClient } from '../../../workers/adapters/rest.ts';

/** Connected by a kubeconfig that is gone again before the first request. */
export async function connectedBy(
  kubeconfig: string,
  more: { readonly maxInFlight?: number } = {},
): Promise<ConnectedCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'ipv6check-kubeconfig-'));
  const file = join(folder, 'config');
  try {
    await writeFile(file, kubeconfig);
    return await connectCluster({ name: 'lab', kubeconfig: file, maxInFlight: 8, ...more });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Scripted {
  readonly server: Server;
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Connections so far, closed ones included. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A server that answers as a test says, for what the lab's does not do. */
export async function scripted(answer: RequestListener = () => undefined): Promise<Scripted> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  const close = await listening(server);
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, requests, connections: () => connections, close };
}

export async function listening(server: Server): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
}

export const secretToken = 'tok-8d1f3c';

export interface OpenDoor extends Door {
  readonly close: () => Promise<void>;
}

export function doorTo(server: string): OpenDoor {
  const dispatcher = new Agent();
  const headers = { Authorization: `Bearer ${secretToken}` };
  return { server, credentials: async () => ({ headers, dispatcher, tls: {} }), close: () => dispatcher.destroy() };
}

export function restOver(
  door: Door,
  more: Partial<RestOptions> = {},
): { readonly rest: Rest; readonly sent: () => number } {
  let sent = 0;
  const rest = restClient({
    door,
    userAgent: 'ipv6check/test',
    signal: new AbortController().signal,
    onRequest: () => {
      sent += 1;
    },
    ...more,
  });
  return { rest, sent: () => sent };
}
