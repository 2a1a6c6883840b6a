import { setTimeout as pause } from 'node:timers/promises';
import {
  type Logger,
  LogLevel,
  type WebAPICallResult,
  WebAPIRateLimitedError,
  WebClient,
  WebClientEvent,
} from '@slack/web-api';
import type { Message, PostOutcome, Threads } from '../ports.ts';
import { mayHaveArrived, postFailure } from './slack-failure.ts';

export interface SlackOptions {
  readonly token: string;
  /** With a trailing slash, as Slack's own is. */
  readonly apiUrl?: string;
  /** How long one call may take in all, waiting for Retry-After included. */
  readonly patienceMs?: number;
  /** One attempt's share of that. */
  readonly timeoutMs?: number;
  /** Told of every 429, the ones that are waited out included. */
  readonly onRateLimited?: (() => void) | undefined;
}

/** Nothing of the library's may reach standard output: that belongs to the log. */
const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export function slackClient({ token, apiUrl, timeoutMs = 10_000, onRateLimited }: SlackOptions): WebClient {
  const client = new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    logger: silent,
    // Retried here, within our own patience: by itself the client goes on for half an hour.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
  });
  if (onRateLimited) client.on(WebClientEvent.RATE_LIMITED, onRateLimited);
  return client;
}

export function slackThreads(options: SlackOptions): Threads {
  const { patienceMs = 90_000, timeoutMs = 10_000 } = options;
  const client = slackClient(options);
  const persist = (call: () => Promise<string>, isRepeatable: boolean) => attemptUntil(patienceMs, call, isRepeatable);

  function postTo(channel: string, message: Message, threadTs?: string): Promise<PostOutcome> {
    const place = threadTs === undefined ? { channel } : { channel, thread_ts: threadTs };
    const words = { ...place, ...contentOf(message), unfurl_links: false, unfurl_media: false };
    return persist(async () => tsOf(await client.apiCall('chat.postMessage', words)), false);
  }

  async function directly(user: string, message: Message): Promise<PostOutcome> {
    const opened = await persist(async () => {
      const { channel } = await client.conversations.open({ users: user });
      return channel?.id ?? '';
    }, true);
    return opened.ok ? postTo(opened.ts, message) : opened;
  }

  return {
    post: ({ channel, threadTs }, message) => postTo(channel, message, threadTs),

    update: ({ channel, ts }, message) =>
      persist(async () => tsOf(await client.apiCall('chat.update', { channel, ts, ...contentOf(message) })), true),

    async tell({ channel, user, responseUrl }, message) {
      if (responseUrl && (await respond(responseUrl, message, timeoutMs))) return { ok: true, ts: '' };

      const words = { channel, user, ...contentOf(message) };
      const shown = await persist(async () => tsOf(await client.apiCall('chat.postEphemeral', words)), false);
      // After these the ephemeral may have been shown; a direct message would say it twice.
      if (shown.ok || shown.reason === 'unreachable' || shown.reason === 'rate_limited') return shown;
      return directly(user, message);
    },
  };
}

/** Always text and blocks: an update with text alone keeps the old blocks. */
function contentOf({ text, blocks, metadata }: Message): Record<string, unknown> {
  const content = { text, blocks };
  if (!metadata) return content;
  return { ...content, metadata: { event_type: metadata.eventType, event_payload: metadata.payload } };
}

function tsOf(result: WebAPICallResult): string {
  const { ts, message_ts: ephemeralTs } = result as { ts?: string; message_ts?: string }; // the two that we call have one
  return ts ?? ephemeralTs ?? '';
}

/** A response_url is good for five answers in thirty minutes; false when it no longer is. */
async function respond(responseUrl: string, { text, blocks }: Message, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text, blocks }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // the next way to reach the person is tried
  }
}

async function attemptUntil(
  patienceMs: number,
  call: () => Promise<string>,
  isRepeatable: boolean,
): Promise<PostOutcome> {
  const deadline = Date.now() + patienceMs;
  for (let failures = 0; ; failures += 1) {
    try {
      return { ok: true, ts: await call() };
    } catch (error) {
      const outcome = postFailure(error);
      const isTransient = outcome.reason === 'rate_limited' || outcome.reason === 'unreachable';
      if (!isTransient || (!isRepeatable && mayHaveArrived(error))) return outcome;

      const waitMs = error instanceof WebAPIRateLimitedError ? error.retryAfter * 1_000 : 250 * 2 ** failures;
      if (Date.now() + waitMs >= deadline) return outcome;
      await pause(waitMs);
    }
  }
}
