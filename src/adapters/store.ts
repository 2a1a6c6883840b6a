import { z } from 'zod';
import { Report } from '../diagnosis/report.ts';
import type { Claims, Remediations, RunRecord, Runs } from '../ports.ts';
import { isFinal, Remediation } from '../remediation/lifecycle.ts';
import { Verification } from '../remediation/verification.ts';
import { type RedisConnection, withRedis } from './redis.ts';

const daySeconds = 24 * 3_600;
/** A remediation's history outlives it by a week, for whoever asks what happened. */
const remediationSeconds = 7 * daySeconds;

const StoredRun = z.strictObject({
  id: z.string(),
  channel: z.string(),
  requestedBy: z.string(),
  responseUrl: z.string().nullable(),
  cardTs: z.string().nullable(),
  replies: z.record(z.string(), z.string()),
  request: z.string().optional(),
  askedBy: z.string().optional(),
}) satisfies z.ZodType<RunRecord>;

/** Null when there is nothing, or nothing that this version can read. */
function parsed<T>(schema: z.ZodType<T>, text: string | null): T | null {
  if (text === null) return null;
  const result = schema.safeParse(fromJson(text));
  return result.success ? result.data : null;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // fails the schema, which is the answer for anything unreadable
  }
}

export function redisRuns(connection: RedisConnection): Runs {
  const runKey = (id: string) => `${connection.keyPrefix}:run:${id}`;
  const reportKey = (id: string) => `${connection.keyPrefix}:report:${id}`;
  return {
    async load(id) {
      return parsed(StoredRun, await withRedis(connection, (redis) => redis.get(runKey(id))));
    },
    async save(run) {
      await withRedis(connection, (redis) => redis.set(runKey(run.id), JSON.stringify(run), 'EX', daySeconds));
    },
    async loadReport(id) {
      return parsed(Report, await withRedis(connection, (redis) => redis.get(reportKey(id))));
    },
    async saveReport(report) {
      await withRedis(connection, (redis) => redis.set(reportKey(report.id), JSON.stringify(report), 'EX', daySeconds));
    },
  };
}

/**
 * Compare-and-set on the version and upkeep of the index in one step. A record that must not exist yet is expected at
 * version -1.
 */
const saveScript = `
local current = redis.call('HGET', KEYS[1], 'version') or '-1'
if current ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
if ARGV[4] == 'final' then
  redis.call('SREM', KEYS[2], ARGV[5])
  redis.call('EXPIRE', KEYS[1], ARGV[6])
else
  redis.call('SADD', KEYS[2], ARGV[5])
  redis.call('PERSIST', KEYS[1])
end
return 1`;

export function redisRemediations(connection: RedisConnection): Remediations {
  const recordKey = (id: string) => `${connection.keyPrefix}:remediation:${id}`;
  const verificationKey = (id: string, version: number) => `${connection.keyPrefix}:verification:${id}:${version}`;
  const openKey = `${connection.keyPrefix}:remediations:open`;

  const load = async (id: string): Promise<Remediation | null> =>
    parsed(Remediation, await withRedis(connection, (redis) => redis.hget(recordKey(id), 'record')));

  return {
    load,
    async save(next, expectedVersion) {
      if (next.version !== expectedVersion + 1) {
        throw new Error(`remediation ${next.id}: version ${next.version} does not follow ${expectedVersion}`);
      }
      const words = [
        String(expectedVersion),
        String(next.version),
        JSON.stringify(next),
        isFinal(next.state) ? 'final' : 'open',
        next.id,
        String(remediationSeconds),
      ];
      const saved = await withRedis(connection, (redis) =>
        redis.eval(saveScript, 2, recordKey(next.id), openKey, ...words),
      );
      return saved === 1 ? 'saved' : 'stale';
    },
    async open() {
      const ids = await withRedis(connection, (redis) => redis.smembers(openKey));
      const records = await Promise.all(ids.map(load));
      return records.filter((record) => record !== null);
    },
    async loadVerification(id, version) {
      return parsed(Verification, await withRedis(connection, (redis) => redis.get(verificationKey(id, version))));
    },
    async saveVerification(id, version, verification) {
      const text = JSON.stringify(verification);
      await withRedis(connection, (redis) => redis.set(verificationKey(id, version), text, 'EX', remediationSeconds));
    },
  };
}

/** Slack repeats an event, and any replica may get the repetition. */
export function redisClaims(connection: RedisConnection): Claims {
  return {
    async claimOnce(key, ttlSeconds) {
      const claim = `${connection.keyPrefix}:claim:${key}`;
      return (await withRedis(connection, (redis) => redis.set(claim, '1', 'EX', ttlSeconds, 'NX'))) === 'OK';
    },
  };
}
