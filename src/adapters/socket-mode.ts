import { setTimeout as pause } from 'node:timers/promises';
import { type Logger as BoltLogger, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';

interface SocketModeOptions {
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  readonly boltLogger: BoltLogger;
}

/** Reconnecting is ours: the library's own gives up, with a rejection that nobody handles, when Slack is away for long. */
export function socketReceiver({ appToken, apiUrl, boltLogger }: SocketModeOptions): SocketModeReceiver {
  const slackApiUrl = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  return new SocketModeReceiver({
    appToken,
    logger: boltLogger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...slackApiUrl, retryConfig: { retries: 0 }, timeout: 10_000 } },
  });
}

export interface Connection {
  /** Takes no further event. */
  close(): Promise<void>;
}

interface Patience {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Slack greets a new connection at once; one that stays silent is given up. */
  readonly greetingMs: number;
}

/** Holds one connection open for as long as the process lives, however often Slack goes away. */
export function keepConnected(
  { client }: Pick<SocketModeReceiver, 'client'>,
  log: Pick<Logger, 'info' | 'warn'>,
  { firstMs, longestMs, greetingMs }: Patience = { firstMs: 500, longestMs: 30_000, greetingMs: 15_000 },
): Connection {
  const stop = new AbortController();

  async function connectOnce(): Promise<void> {
    const silence = setTimeout(() => void client.disconnect(), greetingMs);
    try {
      await client.start();
    } finally {
      clearTimeout(silence);
    }
    log.info('connected to Slack');
    await new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const reason = await connectOnce().then(
        () => null,
        (error: unknown) => error ?? new Error('Slack closed the connection before its greeting'),
      );
      if (stop.signal.aborted) return;
      // Slack asks every connection to be renewed every few hours: that is no failure.
      if (reason === null) failures = -1;
      const waitMs = reason === null ? 0 : Math.min(firstMs * 2 ** failures, longestMs);
      log.warn(reason === null ? {} : { err: reason, retryInMs: waitMs }, 'not connected to Slack');
      await pause(waitMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  const ended = run();
  return {
    async close() {
      stop.abort();
      await client.disconnect();
      await ended;
    },
  };
}
