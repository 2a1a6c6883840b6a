import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { faultsText } from './faults-command.ts';
import { scoreOf } from './matrix.ts';
import { type MatrixOptions, runMatrix } from './matrix-command.ts';
import { backends, isBackend } from './network/shape.ts';
import { awaitBot, startSession } from './session.ts';

const usage = `npm run lab -- [--fault ID] [--seed N] [--with-product]      a cluster, a workspace and a Redis for processes of your own
npm run -s lab -- faults [-o json]                            what --fault takes, and what cannot be injected here
npm run -s lab -- matrix [--seed N] [--backend ${backends.join('|')}] [--only REGEX] [-o json]
                                                              asks the product about every row, and counts what it gets right`;

class UsageError extends Error {}

function parse(words: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      fault: { type: 'string' },
      seed: { type: 'string', default: '1' },
      backend: { type: 'string' },
      only: { type: 'string', default: '.' },
      output: { type: 'string', short: 'o', default: 'text' },
      faults: { type: 'boolean', default: false },
      'with-product': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  });
  const [command = values.faults ? 'faults' : 'up', ...others] = positionals;
  if (others.length > 0) throw new UsageError(`nothing is known of "${others.join(' ')}"`);
  if (!/^\d{1,9}$/.test(values.seed))
    throw new UsageError(`--seed takes a whole number such as 7, not "${values.seed}"`);
  if (!['json', 'text'].includes(values.output)) throw new UsageError(`-o takes json or text, not "${values.output}"`);
  return { ...values, command, seed: Number(values.seed), isJson: values.output === 'json' };
}

type Options = ReturnType<typeof parse>;

function matrixOptions({ backend, only, seed }: Options): MatrixOptions {
  if (backend !== undefined && !isBackend(backend)) {
    throw new UsageError(`--backend takes ${backends.join(', ')}, not "${backend}"`);
  }
  return { seed, backend, only: new RegExp(only) };
}

async function matrix(options: Options): Promise<void> {
  const rows = await runMatrix(matrixOptions(options), (line) => process.stderr.write(`${line}\n`));
  const score = scoreOf(rows);
  const text = options.isJson
    ? JSON.stringify(score, null, 2)
    : [
        `${score.correct} certain and right, ${score.likely} likely, ${score.wrong.length} wrong of ${score.total}`,
        `${score.falseAlarms} false alarms, ${score.inconclusive} inconclusive, median ${score.medianMs} ms, p95 ${score.p95Ms} ms`,
        ...score.wrong.map(({ id, expected, got }) => `${id}: expected ${expected}, got ${got}`),
      ].join('\n');
  process.stdout.write(`${text}\n`);
}

/** The lab alone: a cluster, a workspace and a Redis for processes that you start yourself. */
async function up({ fault, seed, 'with-product': withProduct }: Options): Promise<void> {
  const session = await startSession({ fault, seed, without: withProduct ? [] : ['bot', 'probe', 'remediate'] });
  if (withProduct) await awaitBot(session);

  const settings = { ...session.env, IPV6CHECK_CLUSTER: session.clusterName, KUBECONFIG: session.kubeconfig.probe };
  const path = `${session.folder}/lab.env`;
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  const { namespace, pod } = session.world.subject;
  process.stdout.write(`The lab is up. Its settings are in ${path}\n`);
  process.stdout.write(`  npm run -s ipv6check -- ${namespace}/${pod} --kubeconfig ${session.kubeconfig.probe}\n`);
  process.stdout.write('Ctrl-C stops it.\n');
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await stopped;
  await session.close();
}

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parse(process.argv.slice(2));
    if (options.command === 'matrix') matrixOptions(options);
    if (!['up', 'faults', 'matrix'].includes(options.command)) throw new UsageError(`no command ${options.command}`);
  } catch (error) {
    process.stderr.write(`ipv6check lab: ${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    return 64;
  }
  if (options.help) process.stdout.write(`${usage}\n`);
  else if (options.command === 'faults') process.stdout.write(faultsText(options.isJson));
  else if (options.command === 'matrix') await matrix(options);
  else await up(options);
  return 0;
}

// A lab that cannot start here is a missing service, as sysexits.h has it.
process.exit(
  await main().catch((error: unknown) => {
    process.stderr.write(`ipv6check lab: ${error instanceof Error ? error.message : String(error)}\n`);
    return 69;
  }),
);
