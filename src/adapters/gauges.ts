import { Queue } from 'bullmq';
import type { Clock, Remediations } from '../ports.ts';
import { graceMs } from './measured.ts';
import type { Metrics } from './metrics.ts';
import { type RedisConnection, withRedis } from './redis.ts';
import type { SlackLink } from './slack-link.ts';

/** Looks at what it is about and sets its gauges; on a failure they are empty, because what is not known is not zero. */
export type Refresh = () => Promise<void>;

const waitingStates = ['waiting', 'prioritized', 'active', 'delayed'] as const;

/** Depth and age of queues, whoever works on them: a queue that nobody works on has nobody else to tell. */
export function queueGauges(
  connection: RedisConnection,
  queues: readonly string[],
  { queueJobs, queueOldest }: Pick<Metrics, 'queueJobs' | 'queueOldest'>,
  { clock, prefix = 'bull' }: { readonly clock: Clock; readonly prefix?: string },
): { readonly refresh: Refresh; close(): Promise<void> } {
  const opened = new Map<string, Queue>();

  /** Made only once Redis is there: a queue that starts without it never becomes usable. */
  function queueOf(name: string): Queue {
    const queue = opened.get(name) ?? new Queue(name, { connection: connection.redis, prefix });
    if (!opened.has(name)) queue.on('error', () => {}); // the connection reports its own errors
    opened.set(name, queue);
    return queue;
  }

  async function look(name: string): Promise<void> {
    const queue = queueOf(name);
    const [counts, [oldest]] = await Promise.all([
      queue.getJobCounts(...waitingStates),
      queue.getJobs(['waiting'], 0, 0, true),
    ]);
    for (const state of waitingStates) queueJobs.set({ queue: name, state }, counts[state] ?? 0);
    const waitedMs = oldest ? clock.now().getTime() - (oldest.timestamp + (oldest.opts.delay ?? 0)) : 0;
    queueOldest.set({ queue: name }, Math.max(0, waitedMs / 1_000));
  }

  return {
    async refresh() {
      try {
        await withRedis(connection, () => Promise.all(queues.map(look)));
      } catch (error) {
        queueJobs.reset();
        queueOldest.reset();
        throw error;
      }
    },
    async close() {
      await Promise.allSettled([...opened.values()].map((queue) => queue.close()));
    },
  };
}

const source = 'store';

/** Open temporary policies by state, and those whose end the store knows to be past. */
export function remediationGauges(
  remediations: Pick<Remediations, 'open'>,
  clock: Clock,
  { remediations: byState, revertsOverdue }: Pick<Metrics, 'remediations' | 'revertsOverdue'>,
): Refresh {
  let shown: readonly string[] = [];
  // Of the overdue only what is told here: the cluster's own count is another's.
  function forget(): void {
    byState.reset();
    for (const cluster of shown) revertsOverdue.remove({ cluster, source });
    shown = [];
  }

  return async () => {
    const open = await remediations.open().catch((error: unknown) => {
      forget();
      throw error;
    });
    forget();
    shown = [...new Set(open.map(({ cluster }) => cluster))];
    const now = clock.now().getTime();
    for (const { cluster, state, expiresAt } of open) {
      byState.inc({ cluster, state });
      const isOverdue = expiresAt !== null && new Date(expiresAt).getTime() + graceMs < now;
      revertsOverdue.inc({ cluster, source }, isOverdue ? 1 : 0);
    }
  };
}

export function slackGauges(
  link: Pick<SlackLink, 'state'>,
  { slackConnected, slackLastEvent }: Pick<Metrics, 'slackConnected' | 'slackLastEvent'>,
): Refresh {
  return async () => {
    const { isConnected, lastEventAt } = link.state();
    slackConnected.set(isConnected ? 1 : 0);
    if (lastEventAt) slackLastEvent.set(lastEventAt.getTime() / 1_000);
  };
}
