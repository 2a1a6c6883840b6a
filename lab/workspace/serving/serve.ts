import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Done, Outcome } from '../page/protocol.ts';
import { isShape } from '../problems.ts';
import { bodyOf } from '../web-api/request.ts';
import type { LabWorkspace } from '../workspace.ts';
import { perform } from './deeds.ts';
import { sendFile, sendUpload } from './files.ts';
import { createReading } from './reading.ts';
import type { Lab } from './snapshot.ts';
import { openStream } from './stream.ts';

export interface PageOptions {
  /** The folder that holds the built page. */
  readonly folder: string;
  /** What this lab is about, for the page's head. */
  readonly about: string;
}

export interface ServedPage {
  /** With a token in its path: other users of this machine can reach the port too. */
  readonly url: string;
  close(): Promise<void>;
}

const json = (response: ServerResponse, status: number, body: Outcome): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

function parsed(text: string): Done | undefined {
  try {
    const done: unknown = JSON.parse(text);
    // The page and nobody else has the token; the workspace itself judges what was done.
    return isShape(done) && typeof done.as === 'string' && isShape(done.deed) ? (done as unknown as Done) : undefined;
  } catch {
    return undefined; // answered as not understood
  }
}

export async function servePage(workspace: LabWorkspace, { folder, about }: PageOptions): Promise<ServedPage> {
  const lab: Lab = { workspace, reading: createReading(workspace), about };
  const token = randomBytes(16).toString('base64url');
  const streams = new Set<{ refresh(): void; close(): void }>();
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      json(response, 200, { problem: error instanceof Error ? error.message : String(error) });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('A listening server has no address');
  const host = `127.0.0.1:${address.port}`;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`);
    // A page elsewhere that had its name resolve to this machine would send its own name.
    if (request.headers.host !== host || !pathname.startsWith(`/${token}/`)) {
      response.writeHead(404).end();
      return;
    }
    const path = pathname.slice(token.length + 2);
    const method = request.method ?? 'GET';
    if (method === 'POST' && path === 'deed') return deed(request, response);
    if (method !== 'GET') return void response.writeHead(405).end();
    if (path === 'events') return follow(response, searchParams.get('as') ?? '');
    if (path.startsWith('files/')) return sendUpload(response, workspace.file(path.slice('files/'.length)));
    return sendFile(response, folder, path);
  }

  async function deed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form elsewhere cannot send this type without asking first.
    const isJson = request.headers['content-type'] === 'application/json';
    const done = isJson ? parsed(await bodyOf(request)) : undefined;
    if (!done) return json(response, 400, { problem: 'not understood' });
    const outcome = await perform(lab, workspace.directory.someone(done.as), done.deed);
    for (const stream of streams) stream.refresh();
    json(response, 200, outcome);
  }

  function follow(response: ServerResponse, as: string): void {
    const stream = openStream(lab, workspace.directory.someone(as), response);
    streams.add(stream);
    response.once('close', () => {
      stream.close();
      streams.delete(stream);
    });
  }

  return {
    url: `http://${host}/${token}/`,
    async close() {
      for (const stream of streams) stream.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
