import { setTimeout as pause } from 'node:timers/promises';
import { type Job, type Telemetry, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** One attempt at one job, as the queue hands it over. */
export interface JobDelivery {
  readonly name: string;
  readonly data: unknown;
  /** Counted from 1; a stalled job's new run counts as the same attempt. */
  readonly attempt: number;
  readonly attempts: number;
}

export interface BullWorkerOptions {
  readonly url: string;
  readonly queue: string;
  readonly prefix?: string;
  readonly concurrency: number;
  /** A killed worker's job runs again after at most `lockMs` and `stalledMs` together. */
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly telemetry?: Telemetry | undefined;
  handle(delivery: JobDelivery, signal: AbortSignal): Promise<unknown>;
}

export interface Consumer {
  /** Takes no new job, waits for those at hand, aborts them after `graceMs`; false when Redis did not hear the end. */
  close(options?: { readonly graceMs?: number; readonly partingMs?: number }): Promise<boolean>;
}

export function bullWorker(options: BullWorkerOptions): Consumer {
  const { url, queue, prefix = 'bull', log, handle } = options;
  const stop = new AbortController();
  const atHand = new Set<Promise<unknown>>();
  let isOver = false;
  // BullMQ's blocking duplicate of this connection has these options too, and stops trying with it.
  const retryStrategy = (times: number) => (isOver ? null : Math.min(50 * 2 ** Math.min(times, 6), 1_000));
  const connection = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 2_000, retryStrategy });
  const trouble = reportTrouble(connection, log, queue);

  async function process(job: Job): Promise<unknown> {
    const delivery = {
      name: job.name,
      data: job.data,
      attempt: job.attemptsMade + 1,
      attempts: job.opts.attempts ?? 1,
    };
    const start = performance.now();
    const work = handle(delivery, stop.signal);
    atHand.add(work);
    try {
      const result = await work;
      const ms = Math.round(performance.now() - start);
      log.info({ ...idsOf(job), jobName: job.name, attempt: delivery.attempt, ms, result }, 'job done');
      return result;
    } catch (error) {
      // Neither done nor failed: when its lock has run out, the job runs again where nobody is stopping.
      if (stop.signal.aborted) await new Promise(() => {});
      throw error;
    } finally {
      atHand.delete(work);
    }
  }

  const worker = new Worker(queue, process, {
    connection,
    prefix,
    concurrency: options.concurrency,
    lockDuration: options.lockMs,
    stalledInterval: options.stalledMs,
    // A worker may be killed many times for reasons that are not the job's.
    maxStalledCount: 10,
    drainDelay: 2,
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
  });
  worker.on('error', trouble);
  worker.on('stalled', (jobId) => log.warn({ jobId, queue }, 'job lost its worker and runs again'));
  worker.on('failed', (job, err) => {
    const ids = job ? idsOf(job) : {};
    log.error({ err, ...ids, jobName: job?.name, attempt: job?.attemptsMade, queue }, 'job attempt failed');
  });

  return {
    async close({ graceMs = 20_000, partingMs = 4_000 } = {}) {
      // Takes effect at once; its promise may wait for Redis.
      worker.pause(true).catch(trouble);
      const giveUp = new AbortController();
      await Promise.race([Promise.allSettled(atHand), pause(graceMs, undefined, giveUp).catch(() => {})]);
      giveUp.abort();
      stop.abort();

      // With Redis gone, or a job that ignores its signal, BullMQ's close never returns.
      const closed = worker.close().then(
        () => true,
        () => false,
      );
      const isReachable = connection.status === 'ready' && atHand.size === 0;
      const isClean = await Promise.race([closed, pause(isReachable ? partingMs : 0, false)]);
      isOver = true;
      connection.disconnect();
      return isClean;
    },
  };
}

/** Of the payload the ids alone, by which the lines of one request or one remediation are found in every process. */
function idsOf({ id: jobId, data }: Job): Readonly<Record<string, unknown>> {
  const payload: Readonly<Record<string, unknown>> = typeof data === 'object' && data !== null ? data : {};
  const named = ['requestId', 'remediationId'].flatMap((name) =>
    typeof payload[name] === 'string' ? [[name, payload[name]]] : [],
  );
  return { jobId, ...Object.fromEntries(named) };
}

/** ioredis reports every attempt to reconnect; the log hears of a loss once, and once of its end. */
function reportTrouble(connection: Redis, log: BullWorkerOptions['log'], queue: string): (error: Error) => void {
  let isAway = false;
  const report = (err: Error): void => {
    if (connection.status === 'ready') {
      log.error({ err, queue }, 'queue error');
    } else if (!isAway) {
      isAway = true;
      log.error({ err, queue }, 'Redis does not answer; trying until it does');
    }
  };
  connection.on('error', report);
  connection.on('ready', () => {
    if (isAway) log.info({ queue }, 'Redis answers again');
    isAway = false;
  });
  return report;
}
