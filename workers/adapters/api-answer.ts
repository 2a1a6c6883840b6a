import type { ReadOutcome } from '../../src/ports.ts';

type Refused = Extract<ReadOutcome<never>, { ok: false }>;

/** One HTTP answer, before anyone decides what it means. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Text of the API server's for people: one line, no control characters, not endless. */
export function cleaned(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}

/** A Status object's message, or the text itself: 429, 404 of an unknown path and some 500 are `text/plain`. */
export function messageIn(text: string): string {
  const body = fromJson(text);
  return cleaned(isRecord(body) && typeof body.message === 'string' ? body.message : text);
}

/** What an answer outside 2xx says. 404 without a Status means that nothing serves the path at all. */
export function refusalFrom({ status, text }: Answer): Refused {
  return { ok: false, reason: reasonOf(status, text), status, message: messageIn(text) || `HTTP ${status}` };
}

/** Success, and not what was asked for: a proxy's page, say. */
export function strange(status: number): Refused {
  return { ok: false, reason: 'unavailable', status, message: 'The API server answered with something else' };
}

function reasonOf(status: number, text: string): Refused['reason'] {
  switch (status) {
    case 400:
    case 415:
    case 422:
      return 'invalid';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return isRecord(fromJson(text)) ? 'not-found' : 'absent-api';
    case 409:
      return 'conflict';
    case 429:
      return 'throttled';
    default:
      return 'unavailable';
  }
}

export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, which callers ask about
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
