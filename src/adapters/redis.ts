import { Redis } from 'ioredis';
import { BotError } from '../errors.ts';

export interface RedisConnection {
  readonly redis: Redis;
  /** For our own keys; BullMQ's start with `bull` unless a prefix is set there. */
  readonly keyPrefix: string;
  /** How long a caller waits for an answer, reconnecting included. */
  readonly deadlineMs: number;
  close(): void;
}

export interface RedisOptions {
  readonly url: string;
  readonly keyPrefix?: string;
  readonly deadlineMs?: number;
  /** Told of every connection error; ioredis repeats one per attempt to reconnect. */
  readonly onError?: (error: Error) => void;
}

/**
 * A connection whose callers never hang: nothing is queued while Redis is away, and nothing that has failed in front of
 * a caller is sent later.
 */
export function connectRedis({
  url,
  keyPrefix = 'ipv6check',
  deadlineMs = 800,
  onError,
}: RedisOptions): RedisConnection {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 1_000),
  });
  redis.on('error', (error) => onError?.(error));
  return { redis, keyPrefix, deadlineMs, close: () => redis.disconnect() };
}

/** Runs `work` against a connection that is ready, within its deadline; every failure of Redis is one error. */
export async function withRedis<T>(
  { redis, deadlineMs }: Pick<RedisConnection, 'redis' | 'deadlineMs'>,
  work: (redis: Redis, deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    await ready(redis, deadline);
    return await within(deadline, work(redis, deadline));
  } catch (cause) {
    if (cause instanceof BotError) throw cause;
    throw new BotError('REDIS_UNAVAILABLE', undefined, { cause });
  }
}

function ready(redis: Redis, deadline: AbortSignal): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  if (redis.status === 'end') return Promise.reject(new Error('the connection was closed'));
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => () => {
      redis.off('ready', onReady);
      deadline.removeEventListener('abort', onLate);
      done();
    };
    const onReady = settle(resolve);
    const onLate = settle(() => reject(new Error('no connection within the deadline')));
    redis.once('ready', onReady);
    deadline.addEventListener('abort', onLate);
  });
}

function within<T>(deadline: AbortSignal, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onLate = (): void => reject(new Error('no answer within the deadline'));
    if (deadline.aborted) onLate();
    deadline.addEventListener('abort', onLate, { once: true });
    answer.then(resolve, reject).finally(() => deadline.removeEventListener('abort', onLate));
  });
}
