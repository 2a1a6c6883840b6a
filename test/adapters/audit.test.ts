import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisAudit } from '../../src/adapters/audit.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { type AuditWords, verifyChain } from '../../src/remediation/audit.ts';
import { startRedis, type TestRedis } from '../helpers/redis.ts';

const words = (note: string): AuditWords => ({
  ...{ kind: 'effect', action: 'created', actor: 'writer', cluster: 'prod', remediationId: 'r1', note },
  ...{ before: null, after: null, manifestHash: null, object: 'NetworkPolicy shop/x' },
});

describe('adapters/audit', () => {
  let server: TestRedis;
  let connections: RedisConnection[];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const { close } of connections) close();
    await server?.stop();
  });
  beforeEach(async () => {
    const keyPrefix = `${server.keyPrefix}-${Math.random().toString(36).slice(2)}`;
    for (const { close } of connections ?? []) close();
    connections = [0, 1, 2].map(() => connectRedis({ url: server.url, keyPrefix, deadlineMs: 3_000 }));
  });

  it('keeps one unbroken chain though several processes write at once', async () => {
    const trails = connections.map((connection) => redisAudit(connection, systemClock));
    await Promise.all(trails.flatMap((trail, at) => [1, 2, 3, 4].map((n) => trail.record(words(`${at}-${n}`)))));

    const entries = await trails[0]!.read();
    expect(verifyChain(entries)).toEqual({ ok: true, entries: 12 });
    expect(new Set(entries.map((entry) => (entry as AuditWords).note)).size).toBe(12);
  });

  it('says that Redis does not answer', async () => {
    const away = connectRedis({ url: 'redis://127.0.0.1:9', deadlineMs: 200 });

    await expect(redisAudit(away, systemClock).record(words('x'))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    away.close();
  });

  it('begins anew behind what is no entry, and its verification says where', async () => {
    const [connection] = connections;
    const trail = redisAudit(connection!, systemClock);
    await trail.record(words('before'));
    await connection!.redis.rpush(`${connection!.keyPrefix}:audit`, 'not json');
    await trail.record(words('after'));

    expect(verifyChain(await trail.read())).toMatchObject({ ok: false, seq: 2 });
  });
});
