import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtRedis } from '../../../../workers/cli/doctor/redis.ts';
import { freePort, type OwnRedis, startOwnRedis } from '../../../helpers/redis.ts';

describe('workers/cli/doctor/redis', () => {
  let server: OwnRedis;
  beforeAll(async () => {
    server = await startOwnRedis();
  });
  afterAll(() => server.stop());

  it('finds one well that keeps what it is given, and compares its clock', async () => {
    const findings = await lookAtRedis(server.url);

    expect(findings).toMatchObject([
      { area: 'redis', state: 'ok', says: 'Redis answers without TLS, and keeps what it is given.' },
      { area: 'clock', state: 'ok', says: expect.stringContaining('Redis') },
    ]);
  });

  it('names the setting that loses jobs, and the line that mends it', async () => {
    const client = new Redis(server.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const findings = await lookAtRedis(server.url);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    client.disconnect();

    expect(findings[0]).toEqual({
      ...{ area: 'redis', state: 'wrong', fix: 'CONFIG SET maxmemory-policy noeviction' },
      says: 'maxmemory-policy is allkeys-lru: jobs can be evicted.',
    });
  });

  it('says why one does not answer, and not with what password it was asked', async () => {
    const [finding, ...more] = await lookAtRedis(`redis://:sesame@127.0.0.1:${await freePort()}`);

    expect(more).toEqual([]);
    expect(finding).toMatchObject({ state: 'wrong', says: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(finding)).not.toContain('sesame');
  });
});
