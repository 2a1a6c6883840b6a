import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { ServerIdentity } from './tls.ts';

export interface Listener {
  readonly server: Server;
  readonly port: number;
  refuseConnections(isRefusing: boolean): Promise<void>;
  cutConnections(): void;
  close(): Promise<void>;
}

export async function listen({ certificate, key }: ServerIdentity, wantedPort: number): Promise<Listener> {
  // A command line of a megabyte travels in the request line, as far as a real server lets it.
  const server = createServer({ cert: certificate, key, maxHeaderSize: 1_048_576 });
  // A real one keeps idle connections; Node's five seconds would race with the next request of a pooled client.
  server.keepAliveTimeout = 180_000;
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());

  const open = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await open(wantedPort);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The API server has no port');
  const { port } = address;
  const cutConnections = () => {
    for (const socket of connections) socket.destroy();
  };

  return {
    server,
    port,
    async refuseConnections(isRefusing) {
      if (isRefusing === !server.listening) return;
      if (isRefusing) server.close();
      else await open(port);
    },
    cutConnections,
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      cutConnections();
      await closed;
    },
  };
}
