import { randomUUID } from 'node:crypto';
import { UnrecoverableError } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bullJobs } from '../../src/adapters/queue.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { bullWorker, type Consumer, type JobDelivery } from '../../src/adapters/worker.ts';
import { diagnoseJob } from '../../src/jobs/diagnose.ts';
import { captureLog, type TestLog } from '../helpers/log.ts';
import { freePort, type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

describe('adapters/worker', () => {
  let server: OwnRedis;
  let connection: RedisConnection;
  let output: TestLog;

  beforeEach(async () => {
    server = await startOwnRedis();
    connection = connectRedis(server);
    output = captureLog();
  });
  afterEach(async () => {
    connection.close();
    await server.stop();
  });

  const consume = (handle: (delivery: JobDelivery, signal: AbortSignal) => Promise<unknown>): Consumer =>
    bullWorker({ ...server, ...fast, queue: 'probe-lab', concurrency: 2, log: output.log, handle });
  const fast = { lockMs: 1_000, stalledMs: 500 };

  async function enqueue(): Promise<string> {
    const requestId = randomUUID();
    const target = { kind: 'pod', namespace: 'shop', name: 'checkout' } as const;
    const place = { cluster: 'lab', team: 'T1', channel: 'C1', requestedBy: 'U1' };
    const jobs = bullJobs(connection);
    expect(await jobs.enqueue(diagnoseJob, { v: 1, requestId, target, destination: null, ...place })).toEqual({
      ok: true,
    });
    return requestId;
  }

  it('hands over jobs with their attempt, and logs one line for each', async () => {
    const seen: JobDelivery[] = [];
    const consumer = consume(async (delivery) => void seen.push(delivery));

    const requestId = await enqueue();

    await expect.poll(() => seen).toMatchObject([{ name: 'diagnose', data: { requestId }, attempt: 1, attempts: 3 }]);
    expect(await consumer.close()).toBe(true);
    expect(output.lines.filter(({ msg }) => msg === 'job done')).toEqual([
      expect.objectContaining({ requestId, jobId: `diagnose-${requestId}`, jobName: 'diagnose', attempt: 1 }),
    ]);
  });

  it('does not retry what can never succeed', async () => {
    let attempts = 0;
    const consumer = consume(async () => {
      attempts += 1;
      throw new UnrecoverableError('never');
    });

    await enqueue();

    await expect.poll(() => output.lines.some(({ msg }) => msg === 'job attempt failed')).toBe(true);
    expect(attempts).toBe(1);
    await consumer.close();
  });

  it('finishes the job at hand before it stops, and takes no other', async () => {
    const [started, release, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), [] as number[]];
    const consumer = consume(async () => {
      taken.push(1);
      started.resolve();
      await release.promise;
    });
    await enqueue();
    await started.promise;

    const closing = consumer.close();
    await enqueue();
    release.resolve();

    expect(await closing).toBe(true);
    expect(taken).toHaveLength(1);
  });

  it('aborts a job that outlasts its grace, which then runs again elsewhere as the same attempt', async () => {
    const started = Promise.withResolvers<void>();
    const first = consume(async (_, signal) => {
      started.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    await enqueue();
    await started.promise;

    const start = performance.now();
    await first.close({ graceMs: 200, partingMs: 200 });
    expect(performance.now() - start).toBeLessThan(1_500);

    const again = Promise.withResolvers<JobDelivery>();
    const second = consume(async (delivery) => again.resolve(delivery));
    expect(await again.promise).toMatchObject({ attempt: 1 });
    await second.close();
  });

  it('stops in bounded time with Redis gone, with a job at hand and without', async () => {
    const started = Promise.withResolvers<void>();
    const busy = consume(async (_, signal) => {
      started.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    await enqueue();
    await started.promise;
    const idle = consume(async () => {});
    await server.kill();
    await expect.poll(() => output.lines.filter(({ msg }) => String(msg).includes('does not answer'))).toHaveLength(2);

    const start = performance.now();
    expect(await Promise.all([busy.close({ graceMs: 300 }), idle.close({ graceMs: 300 })])).toEqual([false, false]);
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  it('says once that Redis is down at start, and works when it comes', async () => {
    await server.kill();
    const done = Promise.withResolvers<void>();
    const consumer = consume(async () => done.resolve());
    await expect.poll(() => output.lines.length).toBeGreaterThan(0);
    // Long enough for several attempts to reconnect, each of which ioredis reports.
    await expect.poll(() => performance.now(), { timeout: 2_000 }).toBeGreaterThan(performance.now() + 600);
    expect(output.lines.filter(({ level }) => level === 50)).toHaveLength(1);

    await server.restart();
    await expect
      .poll(() => output.lines.some(({ msg }) => msg === 'Redis answers again'), { timeout: 5_000 })
      .toBe(true);
    await enqueue();
    await done.promise;
    expect(await consumer.close()).toBe(true);
  });

  it('never puts the password of its URL into the log', async () => {
    const url = `redis://:s3cr3t-password@127.0.0.1:${await freePort()}`;
    const consumer = bullWorker({ ...fast, url, queue: 'q', concurrency: 1, log: output.log, handle: async () => {} });
    await expect.poll(() => output.lines.length).toBeGreaterThan(0);

    await consumer.close();

    expect(JSON.stringify(output.lines)).not.toContain('s3cr3t');
  });
});
