import type { Clock } from '../ports.ts';
import type { Metrics } from './metrics.ts';
import { type RedisConnection, withRedis } from './redis.ts';
import type { SlackLink } from './slack-link.ts';

/** One thing that a process cannot work without. */
export interface Part {
  readonly name: string;
  look(): Promise<Seen>;
}

/** `reason` is there when it is not ready; `detail` is what an operator may want to know besides. */
export interface Seen {
  readonly isReady: boolean;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Readiness {
  readonly isReady: boolean;
  readonly parts: Readonly<Record<string, Seen>>;
}

/** Looks at every part, each within its patience. */
export async function lookAtAll(
  parts: readonly Part[],
  { ready }: Pick<Metrics, 'ready'>,
  patienceMs = 2_000,
): Promise<Readiness> {
  const seen = await Promise.all(
    parts.map(async ({ name, look }) => {
      const result = await inTime(look, patienceMs);
      ready.set({ part: name }, result.isReady ? 1 : 0);
      return [name, result] as const;
    }),
  );
  return { isReady: seen.every(([, { isReady }]) => isReady), parts: Object.fromEntries(seen) };
}

async function inTime(look: Part['look'], patienceMs: number): Promise<Seen> {
  const { promise: late, resolve } = Promise.withResolvers<Seen>();
  const timer = setTimeout(resolve, patienceMs, { isReady: false, reason: `no answer within ${patienceMs} ms` });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return { isReady: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever asks waits a second or two; a command may wait for longer. */
const redisPatienceMs = 800;

/** Settings that lose jobs are shown and never a reason to refuse work. */
export function redisPart(connection: RedisConnection, problems: () => readonly string[] | null): Part {
  return {
    name: 'redis',
    async look() {
      const { redis, deadlineMs } = connection;
      await withRedis({ redis, deadlineMs: Math.min(deadlineMs, redisPatienceMs) }, (ready) => ready.ping());
      return { isReady: true, detail: { settings: problems() ?? 'not known' } };
    },
  };
}

export function slackPart(link: SlackLink, clock: Clock): Part {
  return {
    name: 'slack',
    async look() {
      const { isConnected, lastEventAt } = link.state();
      const age = lastEventAt ? Math.round((clock.now().getTime() - lastEventAt.getTime()) / 1_000) : null;
      const detail = { lastEventAgeSeconds: age };
      return isConnected ? { isReady: true, detail } : { isReady: false, reason: 'not connected to Slack', detail };
    },
  };
}

/** Whether the API server answers at all; what may be done there, `ipv6check doctor` says. */
export function clusterPart(name: string, serverTime: () => Promise<Date | null>): Part {
  return {
    name: 'cluster',
    async look() {
      const time = await serverTime();
      if (time === null) return { isReady: false, reason: `the API server of cluster ${name} does not answer` };
      return { isReady: true };
    },
  };
}
