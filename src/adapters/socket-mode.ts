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

/** Told of every connection that Slack has greeted, and of its end. */
export interface Hearing {
  connected(): void;
  lost(): void;
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

/** How long a farewell to Slack may go unanswered. */
const farewellMs = 1_000;

/** Holds one connection open for as long as the process lives, however often Slack goes away. */
export function keepConnected(
  { client }: Pick<SocketModeReceiver, 'client'>,
  log: Pick<Logger, 'info' | 'warn'>,
  { firstMs, longestMs, greetingMs }: Patience = { firstMs: 500, longestMs: 30_000, greetingMs: 15_000 },
  hearing?: Hearing,
): Connection {
  const stop = new AbortController();

  /** The library waits half a minute for a peer that does not return its farewell; a second one ends that. */
  async function hangUp(): Promise<void> {
    const insist = setTimeout(() => void client.disconnect(), farewellMs);
    await client.disconnect();
    clearTimeout(insist);
  }

  async function connectOnce(): Promise<void> {
    // Again and again, for a connection that is still being made cannot be ended yet.
    const silence = setInterval(() => void hangUp(), greetingMs);
    try {
      await client.start();
    } finally {
      clearInterval(silence);
    }
    if (stop.signal.aborted) return hangUp();
    log.info('connected to Slack');
    hearing?.connected();
    await new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
    hearing?.lost();
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const since = performance.now();
      const reason = await connectOnce().then(
        () => null,
        (error: unknown) => error ?? new Error('Slack closed the connection before its greeting'),
      );
      if (stop.signal.aborted) return;
      // Slack asks every connection to be renewed every few hours: that is no failure. One that ends at once is.
      const isRenewal = reason === null && performance.now() - since >= longestMs;
      if (isRenewal) failures = -1;
      const waitMs = isRenewal ? 0 : Math.min(firstMs * 2 ** failures, longestMs);
      log.warn({ ...(reason === null ? {} : { err: reason }), retryInMs: waitMs }, 'not connected to Slack');
      await pause(waitMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  const ended = run();
  return {
    async close() {
      stop.abort();
      await hangUp();
      await ended;
    },
  };
}
