import type { Logger } from 'pino';
import type { Refresh } from './gauges.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';
import type { Metrics } from './metrics.ts';
import { lookAtAll, type Part, redisPart } from './readiness.ts';
import type { RedisConnection } from './redis.ts';
import { redisSettingsProblems } from './redis-settings.ts';

export interface WatchedOptions {
  readonly redis: RedisConnection;
  readonly metrics: Metrics;
  /** Besides Redis, which every process needs. */
  readonly parts: readonly Part[];
  readonly refreshers: readonly Refresh[];
  /** 0 switches the server off. */
  readonly port: number;
  readonly host?: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Lets a process be watched: its health server, and a look at the settings of the Redis that it has come to. */
export async function watched(options: WatchedOptions): Promise<{ close(): Promise<void>; readonly port: number }> {
  const { redis: connection, metrics, parts, refreshers, port, host, log } = options;
  let problems: readonly string[] | null = null;

  async function lookAtSettings(): Promise<void> {
    const found = await redisSettingsProblems(connection).catch(() => null); // Redis went away again, or hides them
    for (const problem of found ?? []) if (!problems?.includes(problem)) log.warn({ problem }, 'Redis may lose jobs');
    problems = found;
    if (found) metrics.redisSettingsWrong.set(found.length);
    else metrics.redisSettingsWrong.remove();
  }
  // With every connection: behind one name there may be another server than before.
  const look = (): void => void lookAtSettings();
  connection.redis.on('ready', look);
  if (connection.redis.status === 'ready') look();

  const all = [redisPart(connection, () => problems), ...parts];
  async function scrape(): Promise<string> {
    // One that fails has emptied its gauges, and the rest are told all the same.
    await Promise.allSettled([lookAtAll(all, metrics), ...refreshers.map((refresh) => refresh())]);
    return metrics.registry.metrics();
  }

  let server: HealthServer | null = null;
  if (port !== 0) {
    const { contentType } = metrics.registry;
    const asked = { port, ...(host === undefined ? {} : { host }) };
    server = await startHealthServer({
      ...asked,
      readiness: () => lookAtAll(all, metrics),
      metrics: { contentType, scrape },
    }).catch((err: unknown) => {
      // Whoever watches sees that nothing answers; whoever asks is answered all the same.
      log.error({ err, port }, 'HEALTH_PORT cannot be listened on; nobody can watch this process');
      return null;
    });
  }
  return {
    port: server?.port ?? 0,
    async close() {
      connection.redis.off('ready', look);
      await server?.close();
    },
  };
}
