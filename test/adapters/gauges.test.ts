import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueGauges, remediationGauges, slackGauges } from '../../src/adapters/gauges.ts';
import { type Metrics, productMetrics } from '../../src/adapters/metrics.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { aRemediation, t0 } from '../helpers/builders.ts';
import { shownBy } from '../helpers/metrics.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

const after = (seconds: number) => new Date(t0.getTime() + seconds * 1_000);

describe('adapters/gauges', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = productMetrics();
  });

  describe('queues', () => {
    let server: OwnRedis;
    let connection: RedisConnection;
    let client: Redis;
    let queue: Queue;
    beforeAll(async () => {
      server = await startOwnRedis();
      connection = connectRedis({ ...server, deadlineMs: 2_000 });
      client = new Redis(server.url, { maxRetriesPerRequest: null });
      queue = new Queue('probe-lab', { connection: client });
    });
    afterAll(async () => {
      await queue.close();
      client.disconnect();
      connection.close();
      await server.stop();
    });

    it('shows how many wait and how long the first has, also where nobody works', async () => {
      await queue.add('diagnose', {}, { timestamp: t0.getTime() });
      await queue.add('diagnose', {}, { timestamp: after(40).getTime() });
      await queue.add('revert', {}, { delay: 3_600_000 });
      const gauges = queueGauges(connection, ['probe-lab', 'remediate-lab'], metrics, {
        clock: { now: () => after(60) },
      });

      await gauges.refresh();

      expect(await shownBy(metrics.queueJobs, { queue: 'probe-lab', state: 'waiting' })).toBe(2);
      expect(await shownBy(metrics.queueJobs, { queue: 'probe-lab', state: 'delayed' })).toBe(1);
      expect(await shownBy(metrics.queueOldest, { queue: 'probe-lab' })).toBe(60);
      expect(await shownBy(metrics.queueJobs, { queue: 'remediate-lab', state: 'waiting' })).toBe(0);
      expect(await shownBy(metrics.queueOldest, { queue: 'remediate-lab' })).toBe(0);
      await gauges.close();
    });

    it('counts the age of what was delayed from when it was due', async () => {
      const later = new Queue('probe-later', { connection: client });
      const job = await later.add('revert', {}, { timestamp: t0.getTime(), delay: 50_000 });
      await job.promote();
      const gauges = queueGauges(connection, ['probe-later'], metrics, { clock: { now: () => after(60) } });

      await gauges.refresh();

      expect(await shownBy(metrics.queueOldest, { queue: 'probe-later' })).toBe(10);
      await gauges.close();
      await later.close();
    });

    it('shows nothing rather than the last it saw when Redis is silent', async () => {
      const impatient = connectRedis({ ...server, deadlineMs: 300 });
      const gauges = queueGauges(impatient, ['probe-lab'], metrics, { clock: { now: () => t0 } });
      await gauges.refresh();
      expect(await shownBy(metrics.queueOldest, { queue: 'probe-lab' })).toBeDefined();

      server.freeze();
      await expect(gauges.refresh()).rejects.toThrow();
      server.thaw();

      expect(await shownBy(metrics.queueOldest, { queue: 'probe-lab' })).toBeUndefined();
      expect(await shownBy(metrics.queueJobs, { queue: 'probe-lab' })).toBeUndefined();
      await gauges.close();
      impatient.close();
    });
  });

  describe('remediations', () => {
    const end = after(600).toISOString();
    const open = [
      aRemediation({ state: 'active', expiresAt: end }),
      aRemediation({ state: 'stuck', expiresAt: end }),
      aRemediation({ state: 'stuck', expiresAt: end, cluster: 'other' }),
      aRemediation({ state: 'proposed' }),
    ];

    it.each`
      seconds | overdue
      ${0}    | ${0}
      ${690}  | ${0}
      ${691}  | ${2}
    `('shows $overdue overdue $seconds s after the start, and every state', async ({ seconds, overdue }) => {
      await remediationGauges({ open: async () => open }, { now: () => after(seconds) }, metrics)();

      expect(await shownBy(metrics.remediations, { cluster: 'lab', state: 'active' })).toBe(1);
      expect(await shownBy(metrics.remediations, { cluster: 'other', state: 'stuck' })).toBe(1);
      expect(await shownBy(metrics.revertsOverdue, { cluster: 'lab', source: 'store' })).toBe(overdue);
    });

    it('leaves what the cluster itself shows as it is', async () => {
      metrics.revertsOverdue.set({ cluster: 'lab', source: 'cluster' }, 3);

      await remediationGauges({ open: async () => open }, { now: () => t0 }, metrics)();

      expect(await shownBy(metrics.revertsOverdue, { cluster: 'lab', source: 'cluster' })).toBe(3);
    });

    it('forgets states that nothing is in any more, and everything when the store is silent', async () => {
      let answer: () => Promise<typeof open> = async () => open;
      const refresh = remediationGauges({ open: () => answer() }, { now: () => t0 }, metrics);
      await refresh();
      answer = async () => [];
      await refresh();
      expect(await shownBy(metrics.remediations, { state: 'stuck' })).toBeUndefined();

      answer = async () => open;
      await refresh();
      answer = () => Promise.reject(new Error('away'));
      await expect(refresh()).rejects.toThrow('away');

      expect(await shownBy(metrics.remediations)).toBeUndefined();
      expect(await shownBy(metrics.revertsOverdue, { source: 'store' })).toBeUndefined();
    });
  });

  it('shows whether Slack is heard and since when nothing came', async () => {
    let state = { isConnected: false, lastEventAt: null as Date | null };
    const refresh = slackGauges({ state: () => state }, metrics);
    await refresh();
    expect(await shownBy(metrics.slackConnected)).toBe(0);

    state = { isConnected: true, lastEventAt: t0 };
    await refresh();

    expect(await shownBy(metrics.slackConnected)).toBe(1);
    expect(await shownBy(metrics.slackLastEvent)).toBe(t0.getTime() / 1_000);
  });
});
