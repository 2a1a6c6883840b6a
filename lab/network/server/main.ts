import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isIPv6, createServer as listen } from 'node:net';
import { answerTo, type Zone } from './dns.ts';

/** A host of the lab's outside, or the cluster's DNS: run inside its namespace, told what to be in one JSON argument. */
interface Role {
  /** HTTP: takes whatever is sent and says how much it was; `/bulk/<n>` answers with n bytes. */
  readonly http: readonly number[];
  /** Every datagram comes back. */
  readonly echo: readonly number[];
  /** Addresses to answer DNS on: from a wildcard socket an answer would leave with another one. */
  readonly dns: readonly string[];
  readonly zone: Zone;
  readonly ready: string;
}

const role: Role = JSON.parse(process.argv[2] ?? '{}'); // the lab wrote it itself
const opened: Promise<unknown>[] = [];
const opening = (start: (done: () => void) => unknown) =>
  opened.push(new Promise<void>((resolve) => start(() => resolve())));

for (const port of role.http) {
  const server = createServer((request, response) => {
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => {
      const size = Number(/^\/bulk\/(\d{1,7})$/.exec(request.url ?? '')?.[1] ?? 0);
      response.end(size > 0 ? Buffer.alloc(size, '.') : `received ${received}\n`);
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  opening((done) => server.listen(port, '::', done));
}

for (const port of role.echo) {
  const socket = createSocket('udp6');
  socket.on('message', (message, { port: from, address }) => socket.send(message, from, address));
  opening((done) => socket.bind(port, done));
}

for (const address of role.dns) {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (message, { port, address: from }) => {
    try {
      socket.send(answerTo(message, role.zone), port, from);
    } catch {
      // Not a question: like any server, it says nothing.
    }
  });
  opening((done) => socket.bind(53, address, done));
  const overTcp = listen((connection) => {
    connection.on('error', () => connection.destroy());
    connection.once('data', (chunk: Buffer) => {
      try {
        const answer = answerTo(chunk.subarray(2), role.zone);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        connection.end(Buffer.concat([length, answer]));
      } catch {
        connection.destroy();
      }
    });
  });
  opening((done) => overTcp.listen(53, address, done));
}

await Promise.all(opened);
writeFileSync(role.ready, '');
