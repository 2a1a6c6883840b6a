import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Metrics, productMetrics } from '../../src/adapters/metrics.ts';
import type { Part } from '../../src/adapters/readiness.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { watched } from '../../src/adapters/watched.ts';
import { captureLog, type TestLog } from '../helpers/log.ts';
import { shownBy } from '../helpers/metrics.ts';
import { freePort, type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

const host = '127.0.0.1';
const cluster: Part = { name: 'cluster', look: async () => ({ isReady: true }) };

describe('adapters/watched', () => {
  let server: OwnRedis;
  let redis: RedisConnection;
  let metrics: Metrics;
  let output: TestLog;
  let undo: (() => Promise<void>)[];

  beforeEach(async () => {
    server = await startOwnRedis();
    redis = connectRedis({ ...server, deadlineMs: 2_000 });
    [metrics, output, undo] = [productMetrics(), captureLog(), []];
  });
  afterEach(async () => {
    for (const step of undo) await step();
    redis.close();
    await server.stop();
  });

  async function watch(port: number, refreshers: readonly (() => Promise<void>)[] = []) {
    const started = await watched({ redis, metrics, parts: [cluster], refreshers, port, host, log: output.log });
    undo.push(() => started.close());
    return (path: string) => fetch(`http://${host}:${started.port}${path}`);
  }
  const warnings = () => output.lines.filter(({ msg }) => msg === 'Redis may lose jobs');

  it('says once for every setting of Redis that it may lose jobs, and shows it beside its readiness', async () => {
    await expect.poll(() => redis.redis.status).toBe('ready');
    await redis.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const ask = await watch(await freePort());

    await expect.poll(warnings).toHaveLength(1);
    expect(warnings()[0]).toMatchObject({ problem: expect.stringContaining('noeviction') });
    const answer = await ask('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      parts: { redis: { detail: { settings: [expect.stringContaining('allkeys-lru')] } }, cluster: { isReady: true } },
    });
    expect(await shownBy(metrics.redisSettingsWrong)).toBe(1);

    await redis.redis.config('SET', 'appendonly', 'no');
    redis.redis.disconnect(true);
    await expect.poll(() => shownBy(metrics.redisSettingsWrong), { timeout: 5_000 }).toBe(2);
    expect(warnings().map(({ problem }) => String(problem).split(' ')[0])).toEqual(['maxmemory-policy', 'appendonly']);
  });

  it('looks again at the Redis that it finds when it is back', async () => {
    const ask = await watch(await freePort());
    const settings = async () => JSON.stringify(await (await ask('/readyz')).json());
    await expect.poll(settings).toContain('"settings":[]');

    await server.kill();
    await server.restart();
    await expect.poll(() => redis.redis.status, { timeout: 5_000 }).toBe('ready');
    await redis.redis.config('SET', 'maxmemory-policy', 'allkeys-random');
    redis.redis.disconnect(true);

    await expect.poll(settings, { timeout: 5_000 }).toContain('allkeys-random');
  });

  it('refreshes its gauges for a scrape, and tells the rest when one of them cannot', async () => {
    const refreshers = [
      () => Promise.reject(new Error('no queue')),
      async () => metrics.queueOldest.set({ queue: 'probe-lab' }, 7),
    ];
    const ask = await watch(await freePort(), refreshers);

    const text = await (await ask('/metrics')).text();

    expect(text).toContain('ipv6check_queue_oldest_seconds{queue="probe-lab"} 7');
    expect(text).toMatch(/ipv6check_ready\{part="redis"\} [01]/);
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('goes on without a server where its port is taken, and says so', async () => {
    const port = await freePort();
    await watch(port);
    await watch(port);

    expect(output.lines).toContainEqual(expect.objectContaining({ port, msg: expect.stringContaining('HEALTH_PORT') }));
  });

  it('listens nowhere at port 0', async () => {
    const started = await watched({ redis, metrics, parts: [], refreshers: [], port: 0, log: output.log });
    undo.push(() => started.close());

    expect(started.port).toBe(0);
    expect(output.lines.filter(({ msg }) => String(msg).includes('HEALTH_PORT'))).toEqual([]);
  });
});
