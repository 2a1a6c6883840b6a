import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { redisSettingsProblems } from '../../src/adapters/redis-settings.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

describe('adapters/redis-settings', () => {
  let server: OwnRedis;
  let connection: RedisConnection;
  beforeAll(async () => {
    server = await startOwnRedis();
    connection = connectRedis({ ...server, deadlineMs: 2_000 });
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it.each`
    policy            | appends  | problems
    ${'noeviction'}   | ${'yes'} | ${[]}
    ${'allkeys-lru'}  | ${'yes'} | ${['maxmemory-policy is allkeys-lru: jobs can be evicted. Set it: CONFIG SET maxmemory-policy noeviction']}
    ${'noeviction'}   | ${'no'}  | ${['appendonly is off: a restart loses jobs and the audit trail. Set it: CONFIG SET appendonly yes']}
    ${'volatile-ttl'} | ${'no'}  | ${[expect.stringContaining('volatile-ttl'), expect.stringContaining('appendonly')]}
  `('finds with $policy and appendonly $appends: $problems', async ({ policy, appends, problems }) => {
    await connection.redis.ping().catch(() => null); // the first command may find the connection still being made
    await expect.poll(() => connection.redis.status).toBe('ready');
    await connection.redis.config('SET', 'maxmemory-policy', policy);
    await connection.redis.config('SET', 'appendonly', appends);

    expect(await redisSettingsProblems(connection)).toEqual(problems);
  });

  it('says nothing of a Redis that hides them', async () => {
    const hiding = { redis: { status: 'ready', info: async () => 'redis_version:7.0.0\r\n' } };

    expect(await redisSettingsProblems({ ...connection, ...hiding } as never)).toBeNull();
  });
});
