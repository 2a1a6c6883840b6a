import { redisAudit } from '../../src/adapters/audit.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectRedis } from '../../src/adapters/redis.ts';
import { verifyChain } from '../../src/remediation/audit.ts';
import { type Command, exitCodes } from './terminal.ts';

/** `verify` says whether the trail is whole; `export` prints it, one entry a line. */
export const auditCommand: Command = async (words, { out, err, env }) => {
  const [verb, ...rest] = words;
  if ((verb !== 'verify' && verb !== 'export') || rest.length > 0) {
    err('ipv6check audit: it takes verify or export\n');
    return exitCodes.usage;
  }
  if (!env.REDIS_URL) {
    err('ipv6check audit: REDIS_URL is not set, and that is where the trail is kept\n');
    return exitCodes.usage;
  }
  const connection = connectRedis({ url: env.REDIS_URL, deadlineMs: 10_000 });
  try {
    const entries = await redisAudit(connection, systemClock).read();
    if (verb === 'export') {
      for (const entry of entries) out(`${JSON.stringify(entry)}\n`);
      return 0;
    }
    const verdict = verifyChain(entries);
    out(`${JSON.stringify(verdict)}\n`);
    return verdict.ok ? 0 : 1;
  } finally {
    connection.close();
  }
};
