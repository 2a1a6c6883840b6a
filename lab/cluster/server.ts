import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { enter, type Gate, record } from './gate.ts';
import type { ApiRequest } from './request.ts';
import { answer, type Routes } from './routes.ts';
import { failure, Refusal, type Reply } from './status.ts';
import { DroppedConnection } from './trouble.ts';

const compressedFrom = 128 * 1024;

function send(response: ServerResponse, { code, body, headers = {} }: Reply, now: Date): void {
  const isJson = typeof body === 'object';
  const text = Buffer.from(isJson ? `${JSON.stringify(body)}\n` : (body ?? ''));
  const isCompressed = text.length > compressedFrom && /\bgzip\b/.test(String(response.req.headers['accept-encoding']));
  const bytes = isCompressed ? gzipSync(text, { level: 1 }) : text;
  response.writeHead(code, {
    'audit-id': randomUUID(),
    'cache-control': 'no-cache, private',
    'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
    date: now.toUTCString(),
    'content-length': bytes.length,
    ...(isCompressed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...headers,
  });
  response.end(bytes);
}

/** A refusal is an answer too; what breaks off half of one is not. */
async function answered(routes: Routes, request: ApiRequest, response: ServerResponse): Promise<Reply | undefined> {
  try {
    return await answer(routes, request, response);
  } catch (error) {
    if (error instanceof Refusal && !response.headersSent) return error.reply;
    throw error;
  }
}

/** Every request that is not an upgrade. */
export async function onRequest(
  gate: Gate,
  routes: Routes,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => response.destroy());
  try {
    const request = await enter(gate, incoming);
    const { method, user } = request;
    const witnessed = { method, url: incoming.url ?? '/', user: user.id };
    const look = gate.trouble.switches.witness;
    if ((await look?.({ ...witnessed, moment: 'before', code: 0 })) === 'drop') throw new DroppedConnection();
    const reply = await answered(routes, request, response);
    record(gate, incoming, reply?.code ?? 200);
    if (!reply) return;
    // The effect has taken place, whatever the client gets to know of it.
    if ((await look?.({ ...witnessed, moment: 'after', code: reply.code })) === 'drop') incoming.socket.destroy();
    else send(response, reply, gate.now());
  } catch (error) {
    if (error instanceof DroppedConnection) {
      record(gate, incoming, 0);
      incoming.socket.destroy();
      return;
    }
    // Half an answer cannot be taken back.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refusal = error instanceof Refusal ? error : failure(500, String(error), { reason: 'InternalError' });
    record(gate, incoming, refusal.reply.code);
    send(response, refusal.reply, gate.now());
  }
}
