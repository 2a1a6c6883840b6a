import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type ApiPath, parsePath } from './paths.ts';
import { failure } from './status.ts';
import type { User } from './users.ts';

/** One authenticated request, read as far as its path. */
export interface ApiRequest {
  readonly method: string;
  readonly path: ApiPath;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly user: User;
  readonly body: () => Promise<string>;
}

const bodyLimit = 3 * 1024 * 1024;

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyLimit) {
      throw failure(413, `Request entity too large: limit is ${bodyLimit}`, { reason: 'RequestEntityTooLarge' });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** client-node's Exec leaves a double slash where its base path ends; the API server's router does not mind. */
export function urlOf(incoming: IncomingMessage): URL {
  return new URL((incoming.url ?? '/').replace(/^\/+/, '/'), 'https://lab.invalid');
}

export function apiRequest(incoming: IncomingMessage, url: URL, user: User): ApiRequest {
  return {
    method: incoming.method ?? 'GET',
    path: parsePath(url.pathname),
    pathname: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    user,
    body: () => readBody(incoming),
  };
}

export const isTrue = (query: URLSearchParams, name: string): boolean =>
  query.get(name) === 'true' || query.get(name) === '1';
