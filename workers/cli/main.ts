import { BotError } from '../../src/errors.ts';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { doctorCommand } from './doctor.ts';
import { policyCommand } from './policy.ts';
import { reapCommand } from './reap.ts';
import { reportCommand } from './report.ts';
import { type Command, exitCodes, type Terminal } from './terminal.ts';
import { usage } from './usage.ts';

const commands: Readonly<Record<string, Command>> = {
  audit: auditCommand,
  doctor: doctorCommand,
  policy: policyCommand,
  reap: reapCommand,
  report: reportCommand,
};

async function run(words: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const [first = '', ...rest] = words;
  if (words.includes('--help') || words.includes('-h') || first === 'help') {
    terminal.out(`${usage}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return command ? command(rest, terminal, signal) : checkCommand(words, terminal, signal);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: process.stdin,
  env: process.env,
};

try {
  process.exitCode = await run(process.argv.slice(2), terminal, stop.signal);
} catch (error) {
  const said = error instanceof BotError ? error.say : `It failed for a reason of its own: ${String(error)}`;
  terminal.err(`ipv6check: ${stop.signal.aborted ? 'stopped' : said}\n`);
  process.exitCode = stop.signal.aborted ? 130 : exitCodes.unavailable;
}
// A reader that has closed the pipe has what it wants.
process.stdout.on('error', () => process.exit());
if (process.stdout.writableLength === 0) process.exit();
process.stdout.once('drain', () => process.exit());
