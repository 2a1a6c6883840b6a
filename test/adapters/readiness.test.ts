import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Metrics, productMetrics } from '../../src/adapters/metrics.ts';
import { clusterPart, lookAtAll, type Part, redisPart, slackPart } from '../../src/adapters/readiness.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { slackLink } from '../../src/adapters/slack-link.ts';
import { t0 } from '../helpers/builders.ts';
import { shownBy } from '../helpers/metrics.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

const fine: Part = { name: 'fine', look: async () => ({ isReady: true }) };

describe('adapters/readiness', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = productMetrics();
  });

  it('is ready when every part is, and shows each of them', async () => {
    const broken: Part = { name: 'broken', look: async () => ({ isReady: false, reason: 'gone' }) };

    expect(await lookAtAll([fine], metrics)).toEqual({ isReady: true, parts: { fine: { isReady: true } } });
    expect(await lookAtAll([fine, broken], metrics)).toMatchObject({
      isReady: false,
      parts: { fine: { isReady: true }, broken: { reason: 'gone' } },
    });
    expect(await shownBy(metrics.ready, { part: 'fine' })).toBe(1);
    expect(await shownBy(metrics.ready, { part: 'broken' })).toBe(0);
  });

  it('waits for none longer than its patience, and takes a failure for a no with its reason', async () => {
    const silent: Part = { name: 'silent', look: () => new Promise(() => {}) };
    const failing: Part = { name: 'failing', look: () => Promise.reject(new Error('it failed')) };

    const { isReady, parts } = await lookAtAll([silent, failing, fine], metrics, 20);

    expect(isReady).toBe(false);
    expect(parts).toMatchObject({
      silent: { isReady: false, reason: 'no answer within 20 ms' },
      failing: { isReady: false, reason: 'it failed' },
      fine: { isReady: true },
    });
  });

  it('says of Slack whether it is heard, and how long ago', async () => {
    let now = t0;
    const clock = { now: () => now };
    const link = slackLink(clock);
    const { look } = slackPart(link, clock);
    expect(await look()).toEqual({
      ...{ isReady: false, reason: 'not connected to Slack' },
      detail: { lastEventAgeSeconds: null },
    });

    link.connected();
    now = new Date(t0.getTime() + 42_000);

    expect(await look()).toEqual({ isReady: true, detail: { lastEventAgeSeconds: 42 } });
  });

  it('says of the cluster whether its API server answers', async () => {
    expect(await clusterPart('lab', async () => t0).look()).toEqual({ isReady: true });
    expect(await clusterPart('lab', async () => null).look()).toEqual({
      ...{ isReady: false, reason: 'the API server of cluster lab does not answer' },
    });
  });

  describe('redis', () => {
    let server: OwnRedis;
    let connection: RedisConnection;
    beforeAll(async () => {
      server = await startOwnRedis();
      connection = connectRedis({ ...server, deadlineMs: 300 });
    });
    afterAll(async () => {
      connection.close();
      await server.stop();
    });

    it('is ready while it answers, whatever its settings, and shows them', async () => {
      const parts = [redisPart(connection, () => ['appendonly is off'])];
      expect(await lookAtAll(parts, metrics)).toEqual({
        isReady: true,
        parts: { redis: { isReady: true, detail: { settings: ['appendonly is off'] } } },
      });

      server.freeze();
      const frozen = await lookAtAll(parts, metrics);
      server.thaw();

      expect(frozen).toMatchObject({ isReady: false, parts: { redis: { reason: expect.stringContaining('Redis') } } });
    });

    it('does not call settings good that it could not read', async () => {
      expect(await redisPart(connection, () => null).look()).toEqual({
        ...{ isReady: true, detail: { settings: 'not known' } },
      });
    });
  });
});
