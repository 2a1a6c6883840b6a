import { setTimeout as wait } from 'node:timers/promises';
import { request as send } from 'undici';
import type { ListQuery, RawObject, ReadOutcome } from '../../src/ports.ts';
import { type Answer, cleaned, fromJson, isRecord, refusalFrom, strange } from './api-answer.ts';
import { CredentialsError, codeOf, type Door, inTime, sayFailure } from './door.ts';

export interface RestOptions {
  readonly door: Door;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Of one request; the server is told to give up a little earlier. */
  readonly deadlineMs?: number;
  /** Called once per request that is sent, repetitions included. */
  readonly onRequest: () => void;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Answered = { readonly ok: true; readonly answer: Answer } | Extract<ReadOutcome<never>, { ok: false }>;

export interface Rest {
  /** Any answer of the server, also a refusal; `ok: false` when there was none. */
  send(request: RestRequest): Promise<Answered>;
  read(request: RestRequest): Promise<ReadOutcome<RawObject>>;
  list(
    path: string,
    query?: ListQuery,
  ): Promise<ReadOutcome<{ readonly items: readonly RawObject[]; readonly isComplete: boolean }>>;
}

const maxBodyBytes = 64 * 1024 * 1024;
const pageSize = 500;
/** A connection that the server closed while idle, and a server that asks to wait: neither has done anything. */
const repeatable = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Raw JSON over one dispatcher: objects as they are stored, in neither a client's types nor its dates. */
export function restClient({ door, userAgent, signal, deadlineMs = 10_000, onRequest }: RestOptions): Rest {
  async function once({ method, path, query, body }: RestRequest): Promise<Answer> {
    const { headers, dispatcher } = await inTime(door.credentials(), signal, deadlineMs);
    const url = new URL(door.server + path);
    const seconds = Math.max(1, Math.floor(deadlineMs / 1_000) - 1);
    for (const [name, value] of Object.entries({ ...query, timeout: `${seconds}s` })) url.searchParams.set(name, value);
    onRequest();
    const response = await send(url, {
      method,
      dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': contentTypeOf(method) }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.statusCode, headers: response.headers, text: await capped(response.body) };
  }

  async function sendRequest(request: RestRequest): Promise<Answered> {
    if (!isApiPath(request.path)) {
      return { ok: false, reason: 'invalid', status: 0, message: `Not a path of the API: ${cleaned(request.path)}` };
    }
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === 3 || request.method !== 'GET';
      try {
        const answer = await once(request);
        const pauseMs = retryAfterMs(answer);
        if (isLast || pauseMs === null) return { ok: true, answer };
        await wait(pauseMs, undefined, { signal });
      } catch (error) {
        if (!isLast && repeatable.has(codeOf(error) ?? '')) continue;
        return { ok: false, reason: 'unavailable', status: 0, message: sayEnd(error) };
      }
    }
  }

  function sayEnd(error: unknown): string {
    if (signal.aborted) return 'The run was stopped';
    if (error instanceof Error && error.name === 'TimeoutError') {
      return `${sayFailure(door, { code: 'ETIMEDOUT' })} within ${Math.round(deadlineMs / 1_000)} s`;
    }
    if (error instanceof CredentialsError || error instanceof TooLongError) return error.message;
    return sayFailure(door, error);
  }

  async function read(request: RestRequest): Promise<ReadOutcome<RawObject>> {
    const answered = await sendRequest(request);
    if (!answered.ok) return answered;
    const { answer } = answered;
    if (answer.status < 200 || answer.status > 299) return refusalFrom(answer);
    const value = fromJson(answer.text);
    if (isRecord(value)) return { ok: true, value };
    return strange(answer.status);
  }

  return {
    send: sendRequest,
    read,
    async list(path, { labelSelector, fieldSelector, limit } = {}) {
      const query = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
      const wanted = limit ?? Number.POSITIVE_INFINITY;
      let restarts = 0;
      let items: RawObject[] = [];
      let next: string | null = null;
      for (;;) {
        const page: Record<string, string> = { ...query, limit: String(Math.min(pageSize, wanted - items.length)) };
        const outcome: ReadOutcome<RawObject> = await read({
          method: 'GET',
          path,
          query: next === null ? page : { ...page, continue: next },
        });
        // The page token outlived the revision that it belongs to: the list begins anew.
        if (!outcome.ok && outcome.status === 410 && next !== null && restarts < 2) {
          restarts += 1;
          items = [];
          next = null;
          continue;
        }
        if (!outcome.ok) return outcome;
        if (!isList(outcome.value)) return strange(200);
        items = [...items, ...itemsOf(outcome.value)];
        next = continueOf(outcome.value);
        if (next === null || items.length >= wanted) break;
      }
      return { ok: true, value: { items, isComplete: next === null } };
    },
  };
}

/** Made of validated names, none of them dots alone, which a URL would take for a step. */
function isApiPath(path: string): boolean {
  return /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/u.test(path);
}

class TooLongError extends Error {}

async function capped(body: AsyncIterable<unknown>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw new TooLongError('An answer of the API server is too long');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function retryAfterMs({ status, headers }: Answer): number | null {
  if (status !== 429 && status !== 503) return null;
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 2 ? seconds * 1_000 : null;
}

/** Go writes an empty list as null; any other object in its place must not look like an empty list. */
function isList({ kind, items }: RawObject): boolean {
  return Array.isArray(items) || (items === null && typeof kind === 'string' && kind.endsWith('List'));
}

/** Items of built-in lists have no kind of their own; the list's name has it. */
function itemsOf(list: RawObject): RawObject[] {
  const { items, kind, apiVersion } = list;
  if (!Array.isArray(items)) return [];
  const itemKind = typeof kind === 'string' ? kind.replace(/List$/u, '') : undefined;
  return items.filter(isRecord).map((item) => ({ apiVersion, kind: itemKind, ...item }));
}

function continueOf({ metadata }: RawObject): string | null {
  const token = isRecord(metadata) ? metadata.continue : undefined;
  return typeof token === 'string' && token !== '' ? token : null;
}

/** A patch says in its type which of the API's languages it speaks. */
function contentTypeOf(method: RestRequest['method']): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}
