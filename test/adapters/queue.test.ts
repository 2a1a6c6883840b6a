import { randomUUID } from 'node:crypto';
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bullJobs, type ClosableJobs } from '../../src/adapters/queue.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { type DiagnosePayload, diagnoseJob } from '../../src/jobs/diagnose.ts';
import { revertJob } from '../../src/jobs/remediate.ts';
import { freePort, type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

const payload = (over: Partial<DiagnosePayload> = {}): DiagnosePayload => ({
  ...{ v: 1, requestId: randomUUID(), cluster: 'lab', destination: null, team: 'T1', channel: 'C1', requestedBy: 'U1' },
  target: { kind: 'pod', namespace: 'shop', name: 'checkout' },
  ...over,
});

describe('adapters/queue', () => {
  let server: OwnRedis;
  let connection: RedisConnection;
  let jobs: ClosableJobs;
  let inspector: Redis;

  beforeAll(async () => {
    server = await startOwnRedis();
    connection = connectRedis(server);
    jobs = bullJobs(connection, server.keyPrefix);
    inspector = new Redis(server.url, { maxRetriesPerRequest: null });
    inspector.on('error', () => {}); // the server is killed below
  });

  afterAll(async () => {
    await jobs.close();
    connection.close();
    inspector.disconnect();
    await server.stop();
  });

  function queueNamed(name: string): Queue {
    const queue = new Queue(name, { connection: inspector, prefix: server.keyPrefix });
    queue.on('error', () => {}); // the same
    return queue;
  }

  const jobIn = (queueName: string, id: string): Promise<Job | undefined> => queueNamed(queueName).getJob(id);

  it("puts a job on its cluster's queue under its own id, with its contract's retries", async () => {
    const wanted = payload();

    expect(await jobs.enqueue(diagnoseJob, wanted)).toEqual({ ok: true });

    const job = await jobIn('probe-lab', `diagnose-${wanted.requestId}`);
    expect(job?.data).toEqual(wanted);
    expect(job?.opts).toMatchObject({
      attempts: 3,
      backoff: { type: 'exponential', delay: 2_000 },
      removeOnComplete: { age: 3_600 },
      removeOnFail: true,
    });
  });

  it('keeps one job of two with the same id, and delays one that is for later', async () => {
    const step = { v: 1, remediationId: 'rabcdefghijklmnopqrs', cluster: 'lab', version: 3, attempt: 0 } as const;

    await jobs.enqueue(revertJob, step, { delayMs: 60_000 });
    await jobs.enqueue(revertJob, step);

    const queue = queueNamed('remediate-lab');
    expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 0, delayed: 1 });
    expect((await queue.getDelayed())[0]).toMatchObject({ id: 'revert-rabcdefghijklmnopqrs-3-0', delay: 60_000 });
  });

  it('refuses a bad payload in front of the person, and stores nothing', async () => {
    const wanted = payload({ cluster: 'no:colon' });

    const queued = await jobs.enqueue(diagnoseJob, wanted);

    expect(queued).toMatchObject({ ok: false, reason: expect.stringContaining('DNS-1123') });
    expect(await jobIn('probe-lab', `diagnose-${wanted.requestId}`)).toBeUndefined();
  });

  it('says that Redis is down within its deadline, starts nothing later, and works when Redis is back', async () => {
    const lost = payload();
    await server.kill();

    const start = performance.now();
    const queued = await jobs.enqueue(diagnoseJob, lost, { deadlineMs: 400 });
    expect(performance.now() - start).toBeLessThan(700);
    expect(queued).toMatchObject({ ok: false, reason: expect.stringContaining('Redis') });

    await server.restart();
    const kept = payload();
    await expect.poll(() => jobs.enqueue(diagnoseJob, kept), { timeout: 5_000 }).toEqual({ ok: true });
    expect(await jobIn('probe-lab', `diagnose-${kept.requestId}`)).toBeDefined();
    expect(await jobIn('probe-lab', `diagnose-${lost.requestId}`)).toBeUndefined();
  });

  it('says so too when Redis was never there', async () => {
    const nowhere = connectRedis({ url: `redis://127.0.0.1:${await freePort()}` });
    const lonely = bullJobs(nowhere);

    const start = performance.now();
    const queued = await lonely.enqueue(diagnoseJob, payload());

    expect(performance.now() - start).toBeLessThan(1_000);
    expect(queued).toMatchObject({ ok: false, reason: expect.stringContaining('Nothing was started') });
    await lonely.close();
    nowhere.close();
  });
});
