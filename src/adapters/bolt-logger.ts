import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from 'pino';

/** Tokens, a socket's ticket, and response_urls: whoever has one can speak to the person it was made for. */
const secrets = /xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=ticket=)[\w-]+|(?<=\/(?:commands|actions)\/)[^\s"']+/g;

/** Bolt's own log in ours. Its debug lines hold whole payloads, and its errors may name what must not be read. */
export function boltLogger(log: Pick<Logger, 'warn' | 'error'>): BoltLogger {
  const words = (parts: readonly unknown[]): string => parts.map(String).join(' ').replace(secrets, '…');
  return {
    debug() {},
    info() {},
    warn: (...parts) => log.warn({ detail: words(parts) }, 'slack client warns'),
    error: (...parts) => log.error({ detail: words(parts) }, 'slack client fails'),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
