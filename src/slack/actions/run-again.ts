import { parseRequest } from '../../jobs/parse-target.ts';
import { startCheck } from '../commands/check.ts';
import type { BotDeps, Press } from '../deps.ts';

const forgotten =
  'That check is older than a day and not known any more. Type it again: /ipv6check shop/checkout-7d9f.';

/** The same question, asked by whoever pressed, in a run of its own; null, or why not. */
export async function runAgain(deps: BotDeps, press: Press): Promise<string | null> {
  const run = await deps.runs.load(press.value);
  if (!run?.request || run.channel !== press.channel) return forgotten;
  const request = parseRequest(run.request);
  return request.ok ? startCheck(deps, press, request) : request.problem;
}
