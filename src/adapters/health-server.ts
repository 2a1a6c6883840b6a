import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from './readiness.ts';

export interface HealthOptions {
  /** 0 takes any free one; a process that wants no server does not start one. */
  readonly port: number;
  /** Without it every address of both families: the kubelet asks at the pod's own. */
  readonly host?: string;
  readiness(): Promise<Readiness>;
  readonly metrics: { readonly contentType: string; scrape(): Promise<string> };
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `/healthz`, `/readyz`, `/metrics`, for whoever watches. It has no secrets to tell and takes no input. */
export async function startHealthServer({ port, host, readiness, metrics }: HealthOptions): Promise<HealthServer> {
  const pages = new Map<string, (response: ServerResponse) => Promise<void>>([
    // That this answers says that the process has not hung; whether it can work is for the next one.
    ['/healthz', async (response) => answer(response, 200, 'text/plain; charset=utf-8', 'ok\n')],
    [
      '/readyz',
      async (response) => {
        const seen = await readiness();
        const text = `${JSON.stringify({ ready: seen.isReady, parts: seen.parts }, null, 2)}\n`;
        answer(response, seen.isReady ? 200 : 503, 'application/json; charset=utf-8', text);
      },
    ],
    ['/metrics', async (response) => answer(response, 200, metrics.contentType, await metrics.scrape())],
  ]);

  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const page = pages.get(path);
    if (!page) return answer(response, 404, 'text/plain; charset=utf-8', 'not here\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'text/plain; charset=utf-8', 'GET only\n');
    }
    page(response).catch((error: unknown) => {
      answer(response, 500, 'text/plain; charset=utf-8', `${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port, // a TCP server that listens has an address of this kind
    async close() {
      // Whoever has begun to ask and not ended keeps no process from its end.
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(text);
}
