import type { Audit, Clock } from '../ports.ts';
import { AuditEntry, type AuditWords, chained } from '../remediation/audit.ts';
import { type RedisConnection, withRedis } from './redis.ts';

/** Appends only to the entry that the new one was chained to. */
const appendScript = `
if (redis.call('LINDEX', KEYS[1], -1) or '') ~= ARGV[1] then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1`;

export interface AuditTrail extends Audit {
  /** Every entry as it is stored, in order; what is not JSON is null. */
  read(): Promise<unknown[]>;
}

/** One chain for all processes of an installation. */
export function redisAudit(connection: RedisConnection, clock: Clock): AuditTrail {
  const key = `${connection.keyPrefix}:audit`;

  async function append(words: AuditWords): Promise<boolean> {
    const last = (await withRedis(connection, (redis) => redis.lindex(key, -1))) ?? '';
    // Behind an entry that cannot be read the chain begins anew, and its verification says where.
    const entry = chained(words, AuditEntry.safeParse(fromJson(last)).data ?? null, clock.now());
    const text = JSON.stringify(entry);
    return (await withRedis(connection, (redis) => redis.eval(appendScript, 1, key, last, text))) === 1;
  }

  return {
    async record(words) {
      for (let tries = 0; tries < 50; tries += 1) if (await append(words)) return;
      throw new Error('the audit trail is written to by too many at once');
    },
    async read() {
      const lines = await withRedis(connection, (redis) => redis.lrange(key, 0, -1));
      return lines.map(fromJson);
    },
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not an entry, which is what its reader finds out
  }
}
