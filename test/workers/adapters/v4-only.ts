import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { listening, type Scripted } from './connecting.ts';

/** A way to the lab's API server on which clients can only have version 4, as older servers offer. */
export async function v4Only(labUrl: string): Promise<Pick<Scripted, 'url' | 'close'>> {
  const server = createServer((_, response) => response.writeHead(502).end());
  server.on('upgrade', ({ method, url, rawHeaders }, socket) => {
    const headers = rawHeaders.flatMap((name, at) => {
      if (at % 2 === 1) return [];
      return `${name}: ${name.toLowerCase() === 'sec-websocket-protocol' ? 'v4.channel.k8s.io' : rawHeaders[at + 1]}\r\n`;
    });
    const lab = connect({ port: Number(new URL(labUrl).port), rejectUnauthorized: false });
    lab.write(`${method} ${url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    lab.pipe(socket).pipe(lab);
    lab.on('error', () => socket.destroy());
    socket.on('error', () => lab.destroy());
    socket.on('close', () => lab.destroy());
  });
  const close = await listening(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
