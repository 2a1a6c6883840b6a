import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection, withRedis } from '../../src/adapters/redis.ts';
import { redisClaims, redisRemediations, redisRuns } from '../../src/adapters/store.ts';
import { aRemediation, aReport, aVerification } from '../helpers/builders.ts';
import { startRedis, type TestRedis } from '../helpers/redis.ts';

describe('adapters/store', () => {
  let server: TestRedis;
  let connection: RedisConnection;

  beforeAll(async () => {
    server = await startRedis();
    connection = connectRedis({ ...server, deadlineMs: 5_000 });
    await withRedis(connection, (redis) => redis.ping());
  });

  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  const ttlOf = (key: string) => connection.redis.ttl(`${server.keyPrefix}:${key}`);

  it('returns a run and a report as they were saved, and forgets both after a day', async () => {
    const runs = redisRuns(connection);
    const report = aReport();
    const run = {
      ...{ id: report.id, channel: 'C1', requestedBy: 'U1', responseUrl: null, cardTs: '1.2' },
      replies: { broken: '1.3' },
    };

    await runs.save(run);
    await runs.saveReport(report);

    expect(await runs.load(run.id)).toEqual(run);
    expect(await runs.loadReport(report.id)).toEqual(report);
    for (const key of [`run:${run.id}`, `report:${report.id}`]) {
      expect(await ttlOf(key)).toBeGreaterThan(86_000);
      expect(await ttlOf(key)).toBeLessThanOrEqual(86_400);
    }
  });

  it('answers null for what is missing and for what it cannot read', async () => {
    const runs = redisRuns(connection);
    await connection.redis.set(`${server.keyPrefix}:run:broken`, '{"id":"broken"');
    await connection.redis.set(`${server.keyPrefix}:run:alien`, '{"id":"alien","more":1}');

    expect(await runs.load('none')).toBeNull();
    expect(await runs.load('broken')).toBeNull();
    expect(await runs.load('alien')).toBeNull();
    expect(await redisRemediations(connection).load('none')).toBeNull();
  });

  it('lets one of ten simultaneous saves win', async () => {
    const remediations = redisRemediations(connection);
    const record = aRemediation();
    expect(await remediations.save(record, -1)).toBe('saved');

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        remediations.save({ ...record, version: 1, checkedBy: `U${index}` }, 0).then((outcome) => ({ index, outcome })),
      ),
    );

    const winners = outcomes.filter(({ outcome }) => outcome === 'saved');
    expect(winners).toHaveLength(1);
    expect((await remediations.load(record.id))?.checkedBy).toBe(`U${winners[0]?.index}`);
  });

  it('creates a record only where none is, and updates one only where one is', async () => {
    const remediations = redisRemediations(connection);
    const record = aRemediation();

    expect(await remediations.save({ ...record, version: 4 }, 3)).toBe('stale');
    expect(await remediations.save(record, -1)).toBe('saved');
    expect(await remediations.save(record, -1)).toBe('stale');
    await expect(remediations.save({ ...record, version: 3 }, 0)).rejects.toThrow('does not follow');
  });

  it('keeps open remediations in an index for ever, and final ones for a week outside it', async () => {
    const remediations = redisRemediations(connection);
    const [open, closing] = [aRemediation(), aRemediation()];
    await remediations.save(open, -1);
    await remediations.save(closing, -1);
    expect((await remediations.open()).map(({ id }) => id)).toEqual(expect.arrayContaining([open.id, closing.id]));

    await remediations.save({ ...closing, version: 1, state: 'rejected' }, 0);

    const ids = (await remediations.open()).map(({ id }) => id);
    expect(ids).toContain(open.id);
    expect(ids).not.toContain(closing.id);
    expect(await ttlOf(`remediation:${open.id}`)).toBe(-1);
    expect(await ttlOf(`remediation:${closing.id}`)).toBeGreaterThan(600_000);
  });

  it('keeps a verification per version', async () => {
    const remediations = redisRemediations(connection);
    const { id } = aRemediation();
    await remediations.saveVerification(id, 0, aVerification(0, 3));
    await remediations.saveVerification(id, 2, aVerification(3, 3));

    expect(await remediations.loadVerification(id, 0)).toEqual(aVerification(0, 3));
    expect(await remediations.loadVerification(id, 2)).toEqual(aVerification(3, 3));
    expect(await remediations.loadVerification(id, 1)).toBeNull();
  });

  it('gives a claim to one of many replicas', async () => {
    const claims = redisClaims(connection);
    const taken = await Promise.all(Array.from({ length: 8 }, () => claims.claimOnce('event-Ev1', 60)));

    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await ttlOf('claim:event-Ev1')).toBeGreaterThan(50);
  });
});
