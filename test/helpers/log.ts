import { type Logger, pino } from 'pino';

export interface TestLog {
  readonly log: Logger;
  /** Every line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
}

export function captureLog(): TestLog {
  const lines: Record<string, unknown>[] = [];
  const log: Logger = pino<never>({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}
