import { connectRedis, withRedis } from '../../../src/adapters/redis.ts';
import { redisSettingsProblems } from '../../../src/adapters/redis-settings.ts';
import { skewFinding } from './clock.ts';
import type { Finding } from './finding.ts';

const area = 'redis';

/** Whether it answers, whether its settings keep what they are given, and its clock. */
export async function lookAtRedis(url: string): Promise<Finding[]> {
  let trouble: Error | null = null;
  const connection = connectRedis({
    ...{ url, deadlineMs: 3_000 },
    onError: (error) => {
      trouble = error;
    },
  });
  try {
    await withRedis(connection, (redis) => redis.ping());
    const problems = await redisSettingsProblems(connection);
    const clock = await skewFinding('Redis', async () => {
      const [seconds] = await withRedis(connection, (redis) => redis.time());
      return new Date(Number(seconds) * 1_000);
    });
    return [...settingsFindings(problems, url.startsWith('rediss:')), clock];
  } catch (error) {
    const cause: unknown = trouble ?? (error instanceof Error ? error.cause : null);
    const why = cause instanceof Error && cause.message !== '' ? cause.message : codeOf(cause);
    return [{ area, state: 'wrong', says: `Redis at REDIS_URL does not answer${why === '' ? '' : `: ${why}`}` }];
  } finally {
    connection.close();
  }
}

function settingsFindings(problems: readonly string[] | null, isEncrypted: boolean): Finding[] {
  const how = isEncrypted ? 'over TLS' : 'without TLS';
  if (problems === null) {
    return [
      {
        area,
        state: 'note',
        says: `Redis answers ${how} and does not show its settings: noeviction and appendonly are needed.`,
      },
    ];
  }
  if (problems.length === 0) return [{ area, state: 'ok', says: `Redis answers ${how}, and keeps what it is given.` }];
  return problems.map((problem) => {
    const [says = '', fix = ''] = problem.split('. Set it: ');
    return { area, state: 'wrong', says: `${says}.`, fix };
  });
}

/** Happy eyeballs gives an error of no words, with one per address. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
