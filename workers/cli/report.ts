import { parseArgs } from 'node:util';
import { connectRedis } from '../../src/adapters/redis.ts';
import { redisRuns } from '../../src/adapters/store.ts';
import { BotError } from '../../src/errors.ts';
import { show } from './check.ts';
import { type Command, exitCodes } from './terminal.ts';

/** A run that Slack asked for, as it was stored. Its exit code is the verdict's only where it is shown to a person. */
export const reportCommand: Command = async (words, terminal) => {
  const options = optionsFrom(words);
  if (typeof options === 'string') {
    terminal.err(`ipv6check report: ${options}\n`);
    return exitCodes.usage;
  }
  const { REDIS_URL: url } = terminal.env;
  if (!url) {
    terminal.err('ipv6check report: REDIS_URL is not set, and that is where reports are kept\n');
    return exitCodes.usage;
  }
  const connection = connectRedis({ url, deadlineMs: 3_000 });
  try {
    const report = await redisRuns(connection).loadReport(options.id);
    if (!report) throw new BotError('REPORT_NOT_FOUND');
    show(report, options.isJson, terminal);
    return 0;
  } finally {
    connection.close();
  }
};

function optionsFrom(words: readonly string[]): { readonly id: string; readonly isJson: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o', default: 'text' } },
    });
    const [id, ...rest] = positionals;
    if (id === undefined || rest.length > 0) return 'name one run, by the id that its card shows';
    if (!/^[0-9a-f-]{36}$/.test(id)) return `"${id.slice(0, 60)}" is not the id of a run`;
    if (values.output !== 'text' && values.output !== 'json') return `-o takes text or json, not "${values.output}"`;
    return { id, isJson: values.output === 'json' };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
