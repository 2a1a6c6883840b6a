import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, withRedis } from '../../src/adapters/redis.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';

describe('adapters/redis', () => {
  let server: OwnRedis;

  beforeAll(async () => {
    server = await startOwnRedis();
  });
  afterAll(() => server.stop());

  it('says within its deadline that Redis does not answer, killed or frozen, and works again afterwards', async () => {
    const connection = connectRedis({ ...server, deadlineMs: 300 });
    const ask = () => withRedis(connection, (redis) => redis.get('x'));
    const timed = async (): Promise<number> => {
      const start = performance.now();
      await expect(ask()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
      return performance.now() - start;
    };

    expect(await ask()).toBeNull();
    server.freeze();
    expect(await timed()).toBeLessThan(600);
    server.thaw();
    await server.kill();
    expect(await timed()).toBeLessThan(600);
    await server.restart();
    await expect.poll(() => ask().catch(() => 'down'), { timeout: 5_000 }).toBeNull();
    connection.close();
    await expect(ask()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });
});
