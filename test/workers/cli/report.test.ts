import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis } from '../../../src/adapters/redis.ts';
import { redisRuns } from '../../../src/adapters/store.ts';
import { reportCommand } from '../../../workers/cli/report.ts';
import type { Terminal } from '../../../workers/cli/terminal.ts';
import { aReport } from '../../helpers/builders.ts';
import { type OwnRedis, startOwnRedis } from '../../helpers/redis.ts';

describe('workers/cli/report', () => {
  let server: OwnRedis;

  beforeAll(async () => {
    server = await startOwnRedis();
  });
  afterAll(() => server?.stop());

  function terminal(url: string | undefined = server.url) {
    const [out, err]: [string[], string[]] = [[], []];
    const made: Terminal = {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      input: (async function* () {})(),
      env: { REDIS_URL: url },
    };
    return { made, out, err };
  }
  const run = (words: readonly string[], { made }: ReturnType<typeof terminal>) =>
    reportCommand(words, made, new AbortController().signal);

  it('reads a stored report, as JSON and for a person', async () => {
    const connection = connectRedis({ url: server.url });
    const report = aReport();
    await redisRuns(connection).saveReport(report);
    connection.close();

    const asJson = terminal();
    const asText = terminal();
    expect(await run([report.id, '-o', 'json'], asJson)).toBe(0);
    expect(await run([report.id], asText)).toBe(0);

    expect(JSON.parse(asJson.out.join(''))).toEqual(report);
    expect(asText.out.join('')).toContain(`run ${report.id}`);
  });

  it('says that it knows no report of that id', async () => {
    await expect(run(['0b1f9a3e-0000-4000-8000-000000000000'], terminal())).rejects.toMatchObject({
      code: 'REPORT_NOT_FOUND',
    });
  });

  it('says that Redis does not answer', async () => {
    await expect(run(['0b1f9a3e-0000-4000-8000-000000000000'], terminal('redis://127.0.0.1:9'))).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
    });
  }, 10_000);
});
