import { parseArgs } from 'node:util';
import { faults } from './network/faults.ts';

export interface DemoOptions {
  readonly once: string | undefined;
  readonly json: boolean;
  readonly fault: string | undefined;
  readonly seed: number | undefined;
  readonly http: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

export const usage = `npm run demo -- [--fault CAUSE] [--seed N] [--http] [--verbose] [--once '/ipv6check NS/POD' [--json]]

  --fault CAUSE   break one thing: an id of the fault catalogue (npm run lab -- --faults lists them), or none
  --seed N        other names, addresses and prefixes (default 1)
  --http          deliver by signed HTTP instead of Socket Mode
  --once LINE     no browser: type LINE as alice in #incidents, wait for the verdict, print the thread and stop
  --json          with --once: print one JSON object {card, thread, report} and nothing else
  --verbose       the processes' logs on standard error`;

const healthy = 'none';
/** What a demonstration in a browser breaks when nobody says: of all faults the one with the longest story. */
const forTheStory = 'k8s-np-ipv4-only-ipblock';

function faultOf(given: string | undefined, once: string | undefined): string | undefined {
  if (given === healthy) return undefined;
  return given ?? (once === undefined ? forTheStory : undefined);
}

/** @throws Error with one sentence for whatever cannot be understood */
export function parseDemoArguments(words: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      once: { type: 'string' },
      json: { type: 'boolean', default: false },
      fault: { type: 'string' },
      seed: { type: 'string' },
      http: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: false,
  });
  if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
    throw new Error(`--seed takes a whole number such as 7, not "${values.seed}"`);
  }
  if (values.fault !== undefined && values.fault !== healthy && !faults.some(({ id }) => id === values.fault)) {
    throw new Error(
      `--fault knows no "${values.fault}"; it knows ${healthy}, ${faults.map(({ id }) => id).join(', ')}`,
    );
  }
  if (values.json && values.once === undefined) throw new Error('--json goes with --once');
  if (values.once !== undefined && !/^\/ipv6check(\s|$)/.test(values.once)) {
    throw new Error(`--once takes a command such as '/ipv6check shop/checkout', not "${values.once}"`);
  }
  return {
    once: values.once,
    json: values.json,
    fault: faultOf(values.fault, values.once),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    http: values.http,
    verbose: values.verbose,
    help: values.help,
  };
}
