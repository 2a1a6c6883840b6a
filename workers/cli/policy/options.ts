import { parseArgs } from 'node:util';
import { type Asked, askedIn } from './query.ts';

export type Task =
  | { readonly kind: 'ask'; readonly asked: Asked }
  | { readonly kind: 'queries'; readonly file: string }
  | { readonly kind: 'diff'; readonly add: readonly string[]; readonly remove: readonly string[] };

export interface Options {
  readonly manifests: readonly string[];
  readonly calicoVersion: string | null;
  readonly isJson: boolean;
  readonly task: Task;
}

/** What is to be done, or one sentence that says what is wrong with the words. */
export function optionsFrom(words: readonly string[]): Options | string {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. See ipv6check --help`;
  }
  const { values, positionals } = parsed;
  const isDiff = positionals[0] === 'diff';
  const strange = positionals.slice(isDiff ? 1 : 0)[0];
  if (strange !== undefined) return `"${strange.slice(0, 64)}" is not understood. See ipv6check --help`;
  const { manifests = [], output = isDiff ? 'json' : 'text', 'calico-version': version = null } = values;
  if (manifests.length === 0) return '--manifests names the folder that holds the objects';
  if (output !== 'text' && output !== 'json') return `-o takes text or json, not "${output}"`;
  if (version !== null && !/^v?\d+\.\d+/.test(version)) return `--calico-version takes v3.31.2 or the like`;
  const task = isDiff ? diffTask(values) : questionTask(values);
  return typeof task === 'string' ? task : { manifests, calicoVersion: version, isJson: output === 'json', task };
}

type Values = ReturnType<typeof parseWords>['values'];

function diffTask({ add = [], remove = [], from, to, queries }: Values): Task | string {
  if (add.length + remove.length === 0) return 'diff takes --add FILE, the object to be added';
  if (from !== undefined || to !== undefined || queries !== undefined) return 'diff takes no question';
  return { kind: 'diff', add, remove };
}

function questionTask({ from, to, port, protocol, queries, add, remove, ...icmp }: Values): Task | string {
  if (add !== undefined || remove !== undefined) return '--add and --remove belong to ipv6check policy diff';
  if (queries !== undefined) {
    const isBoth = from !== undefined || to !== undefined || port !== undefined || protocol !== undefined;
    return isBoth ? '--queries takes its questions from the file alone' : { kind: 'queries', file: queries };
  }
  if (from === undefined || to === undefined) return 'a question takes --from and --to, or --queries';
  const asked = askedIn({ from, to, port, protocol, icmpType: icmp['icmp-type'], icmpCode: icmp['icmp-code'] });
  return typeof asked === 'string' ? `--${asked}` : { kind: 'ask', asked };
}

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      manifests: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      port: { type: 'string' },
      protocol: { type: 'string' },
      'icmp-type': { type: 'string' },
      'icmp-code': { type: 'string' },
      queries: { type: 'string' },
      add: { type: 'string', multiple: true },
      remove: { type: 'string', multiple: true },
      'calico-version': { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
}
