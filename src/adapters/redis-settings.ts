import { type RedisConnection, withRedis } from './redis.ts';

/** What is wrong with the settings, one sentence each, with the line that mends it. Empty where all is well. */
export type SettingsProblems = readonly string[];

/** Null when Redis did not say: a managed one may hide its settings. */
export async function redisSettingsProblems(connection: RedisConnection): Promise<SettingsProblems | null> {
  const texts = await withRedis(connection, (redis) => Promise.all([redis.info('memory'), redis.info('persistence')]));
  const fields = new Map(
    texts.flatMap((text) => text.split('\r\n')).map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 1)]),
  );
  const [policy, appends] = [fields.get('maxmemory_policy'), fields.get('aof_enabled')];
  if (policy === undefined || appends === undefined) return null;
  return [
    ...(policy === 'noeviction'
      ? []
      : [`maxmemory-policy is ${policy}: jobs can be evicted. Set it: CONFIG SET maxmemory-policy noeviction`]),
    ...(appends === '1'
      ? []
      : ['appendonly is off: a restart loses jobs and the audit trail. Set it: CONFIG SET appendonly yes']),
  ];
}
