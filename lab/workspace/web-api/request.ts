import type { IncomingMessage } from 'node:http';
import { isShape, type Shape } from '../problems.ts';

export async function rawBodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export const bodyOf = async (request: IncomingMessage): Promise<string> => (await rawBodyOf(request)).toString('utf8');

export type ParsedArguments =
  | { readonly ok: true; readonly args: Shape; readonly token: string | undefined }
  | { readonly ok: false; readonly error: string };

/** Arguments from the query, a form or JSON; the token from the header, or from a form, never from JSON. */
export function argumentsOf(request: IncomingMessage, body: string): ParsedArguments {
  const [, bearer] = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://lab').searchParams);
  const type = request.headers['content-type']?.split(';')[0]?.trim() ?? '';

  if (type === 'application/json') {
    const json = parsedJson(body);
    return isShape(json)
      ? { ok: true, args: { ...query, ...json }, token: bearer }
      : { ok: false, error: 'json_not_object' };
  }
  if (type !== 'application/x-www-form-urlencoded' && body !== '') return { ok: false, error: 'invalid_post_type' };
  const { token, ...args } = { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
  return { ok: true, args, token: bearer ?? token };
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // answered as json_not_object
  }
}
