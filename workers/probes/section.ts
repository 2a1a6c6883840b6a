import { z } from 'zod';
import { type Evidence, type EvidenceKey, evidenceSchemas } from '../../src/evidence/evidence.ts';
import { type Failure, failed, type Observation, observed } from '../../src/evidence/observation.ts';
import type { Frame } from './frames.ts';

/** How one kind of evidence comes out of a probe's output. `parse` throws on anything unexpected. */
export interface Section<K extends EvidenceKey = EvidenceKey> {
  readonly provides: K;
  /** Names of the sections it is made of. */
  readonly from: readonly string[];
  /** A command of several that may fail: not every node has every packet filter. */
  readonly isPartial?: true;
  /** Codes besides 0 that say no more than that there is nothing: of a grep without a match, of a file that is not there. */
  readonly exits?: readonly number[];
  parse(...texts: readonly string[]): unknown;
}

/** `missing` says why a section is not there: the probe's own end. */
export function observe<K extends EvidenceKey>(
  { provides, from, isPartial, exits = [], parse }: Section<K>,
  frames: ReadonlyMap<string, Frame>,
  by: string,
  missing: Failure,
): Observation<Evidence[K]> {
  const found = from.map((name) => ({ name, frame: frames.get(name) }));
  if (found.some(({ frame }) => frame === undefined)) return missing;

  const isFine = (code = -1): boolean => code === 0 || exits.includes(code);
  const bad = found.filter(({ frame }) => !isFine(frame?.code));
  const [first] = bad;
  if (first?.frame && (!isPartial || bad.length === found.length)) {
    const says = `${first.name}: ${firstLine(first.frame.text) || `exit code ${first.frame.code}`}`;
    return failed(first.frame.code === 127 ? 'TOOL_MISSING' : 'UNPARSABLE', says);
  }

  try {
    const raw = parse(...found.map(({ frame }) => (frame && isFine(frame.code) ? frame.text : '')));
    const parsed = evidenceSchemas[provides].safeParse(raw);
    // The schema is the one of this very key, which TypeScript cannot follow through the index.
    if (parsed.success) return observed(parsed.data as Evidence[K], by);
    return failed('UNPARSABLE', `${from[0]}: ${sayMisfit(parsed.error)}`);
  } catch (error) {
    if (error instanceof UselessTool) return failed('TOOL_MISSING', `${from[0]}: ${error.message}`);
    return failed('UNPARSABLE', `${from[0]}: ${sayMisfit(error)}`);
  }
}

/** One line: a ZodError's message is many. */
function sayMisfit(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? firstLine(error.message) : 'unexpected output';
  const [issue] = error.issues;
  return `${issue?.message ?? 'unexpected'} at ${issue?.path.join('.') ?? ''}`;
}

/** The tool is there and cannot do what it is for, such as a netcat that knows no IPv6. */
export class UselessTool extends Error {}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** For messages: what was unexpected, short enough to be read. */
export function odd(what: string, text: string): Error {
  return new Error(`${what}: ${firstLine(text)}`);
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
