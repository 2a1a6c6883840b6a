import { type JobsOptions, Queue, type Telemetry } from 'bullmq';
import { z } from 'zod';
import { BotError } from '../errors.ts';
import type { JobDefinition } from '../jobs/job.ts';
import type { Enqueued, Jobs } from '../ports.ts';
import { type RedisConnection, withRedis } from './redis.ts';

export interface ClosableJobs extends Jobs {
  close(): Promise<void>;
}

/** The producer. It parses too, so that a bad payload fails in front of the person who typed it. */
export function bullJobs(connection: RedisConnection, prefix = 'bull', telemetry?: Telemetry): ClosableJobs {
  const queues = new Map<string, Queue>();

  /** Made only once Redis is there: a queue that starts without it never becomes usable. */
  async function queueOf(name: string): Promise<Queue> {
    const traced = telemetry === undefined ? {} : { telemetry };
    const queue = queues.get(name) ?? new Queue(name, { connection: connection.redis, prefix, ...traced });
    if (!queues.has(name)) {
      queue.on('error', () => {}); // the connection reports its own errors
      queues.set(name, queue);
    }
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      queues.delete(name);
      await queue.close().catch(() => {}); // it never was ready, and leaves nothing behind
      throw error;
    }
  }

  return {
    async enqueue<P>(
      job: JobDefinition<P>,
      payload: P,
      { deadlineMs = connection.deadlineMs, delayMs = 0 }: { deadlineMs?: number; delayMs?: number } = {},
    ): Promise<Enqueued> {
      const parsed = job.payload.safeParse(payload);
      if (!parsed.success) return { ok: false, reason: `${job.name}: ${z.prettifyError(parsed.error)}` };

      try {
        await withRedis({ redis: connection.redis, deadlineMs }, async (_redis, deadline) => {
          const queue = await queueOf(job.queue(parsed.data));
          // The person has been told by now that nothing was started.
          deadline.throwIfAborted();
          await queue.add(job.name, parsed.data, optionsOf(job, parsed.data, delayMs));
        });
        return { ok: true };
      } catch (error) {
        if (error instanceof BotError) return { ok: false, reason: error.say };
        throw error;
      }
    },

    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function optionsOf<P>({ options, idOf }: JobDefinition<P>, payload: P, delayMs: number): JobsOptions {
  return {
    jobId: idOf(payload),
    attempts: options.attempts,
    backoff: { type: 'exponential', delay: options.backoffMs },
    removeOnComplete: options.keepCompletedSeconds > 0 ? { age: options.keepCompletedSeconds } : true,
    // An add whose id still sits in the failed set would be dropped in silence.
    removeOnFail: true,
    delay: delayMs,
  };
}
