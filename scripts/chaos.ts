import { parseArgs } from 'node:util';
import { dice } from './bench/measure.ts';
import { counted, faultsOf, isFaultless, overrunOf, type RunCount } from './chaos/count.ts';
import { startChaosLab } from './chaos/lab.ts';
import { type Plan, plansFor, points } from './chaos/points.ts';
import { reaperAlone, runOnce } from './chaos/run.ts';
import { strikesIn } from './chaos/strike.ts';

/** Whole loops in the lab while everything that takes part in them is killed, before and after every effect. */
const usage = 'usage: npm run -s chaos -- remediation [--runs N] [--seed S] [--labs N] [-o text|json] | points';
/** Where a temporary policy goes on another layer, and where it is the Kubernetes API that denies. */
const faults = ['k8s-np-ipv4-only-ipblock', 'k8s-np-egress-isolated-no-v6'] as const;
const names = [...points.map(({ name }) => name), reaperAlone];
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly labs: number;
  readonly isJson: boolean;
}

function optionsFrom(argv: readonly string[]): Options | 'points' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      labs: { type: 'string', default: '3' },
      output: { type: 'string', short: 'o', default: 'text' },
    },
    allowPositionals: true,
  });
  const [what = 'remediation', ...rest] = positionals;
  if (what === 'points' && rest.length === 0) return 'points';
  if (what !== 'remediation' || rest.length > 0) throw new Error(`there is no chaos "${positionals.join(' ')}"`);
  const [runs, seed, labs] = [values.runs, values.seed, values.labs].map(Number) as [number, number, number];
  if (![runs, labs].every((each) => Number.isInteger(each) && each > 0))
    throw new Error('runs and labs are whole numbers from 1');
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`"${values.seed}" is not a seed`);
  if (values.output !== 'text' && values.output !== 'json') throw new Error(`there is no output "${values.output}"`);
  return { runs, seed, labs: Math.min(labs, runs), isJson: values.output === 'json' };
}

type Numbered = Plan & { readonly number: number };

/** The runs of one lab, one after the other; a lab that a run has left in disorder is replaced by a new one. */
async function runsOf(plans: readonly Numbered[], seed: number, index: number): Promise<RunCount[]> {
  const roll = dice(seed + index);
  const done: RunCount[] = [];
  while (done.length < plans.length) {
    const fault = faults[index % faults.length] ?? faults[0];
    const start = () => startChaosLab(fault, 1 + roll(1_000));
    // A machine that is too busy to start a lab in time says nothing about the product.
    const lab = await start().catch((error: unknown) => {
      say(`a lab did not start and is started again: ${error instanceof Error ? error.message : String(error)}`);
      return start();
    });
    try {
      const striking = await strikesIn(lab, roll);
      for (const plan of plans.slice(done.length)) {
        const count = await runOnce(lab, striking, plan);
        done.push(count);
        const words = `run ${plan.number} (${plan.ending}; ${plan.points.map(({ name }) => name).join(' + ')})`;
        if (isFaultless(count)) {
          const missed = count.missed.length > 0 ? `, did not come to: ${count.missed.join(', ')}` : '';
          say(`${words}: fine, ${overrunOf(count).toFixed(1)} s late${missed}`);
          continue;
        }
        say(`${words}: ${JSON.stringify(faultsOf(count))} ${count.problem ?? ''} [seed ${seed}]`);
        say(count.thread);
        if (process.env.CHAOS_LOGS) say(lab.logs());
        break;
      }
      striking.watching.close();
    } finally {
      await lab.close();
    }
  }
  return done;
}

async function main({ runs, seed, labs, isJson }: Options): Promise<number> {
  say(`seed ${seed}`);
  const plans = plansFor(runs, dice(seed)).map((plan, index) => ({ ...plan, number: index + 1 }));
  const counts = await Promise.all(
    Array.from({ length: labs }, (_, index) =>
      runsOf(
        plans.filter(({ number }) => (number - 1) % labs === index),
        seed,
        index,
      ),
    ),
  );
  const result = counted(counts.flat(), names);
  const { killsByPoint, ...figures } = result;
  const table = Object.entries({ ...figures, ...killsByPoint }).map(
    ([name, value]) => `${String(value).padStart(6)}  ${name}`,
  );
  process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : `${table.join('\n')}\n`);
  return counts.flat().every(isFaultless) ? 0 : 1;
}

function parsed(): Options | 'points' | null {
  try {
    return optionsFrom(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(usage);
    return null;
  }
}

const options = parsed();
if (options === null) process.exitCode = 64;
else if (options === 'points') process.stdout.write(`${names.join('\n')}\n`);
else process.exitCode = await main(options);
