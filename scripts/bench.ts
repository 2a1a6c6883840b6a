import { parseArgs } from 'node:util';
import { benchJudge } from './bench/judge.ts';
import { benchPolicy } from './bench/policy.ts';
import { judgeTable, policyTable } from './bench/table.ts';

/** What the pure parts cost at the size of a large cluster. Figures of one machine: compare ratios and growth. */
const subjects = {
  policy: (scale: number) => {
    const figures = benchPolicy({ policies: sized(10_000, scale), pods: sized(5_000, scale) });
    return { figures, table: policyTable(figures) };
  },
  judge: (scale: number) => {
    const figures = benchJudge({ rules: sized(20_000, scale), policies: sized(1_000, scale) });
    return { figures, table: judgeTable(figures) };
  },
} as const;
type Subject = keyof typeof subjects;

const usage = `usage: npm run -s bench -- [${Object.keys(subjects).join('|')}] [--scale 0.1] [-o text|json]`;
const sized = (whole: number, scale: number) => Math.max(1, Math.round(whole * scale));
const isSubject = (word: string): word is Subject => Object.hasOwn(subjects, word);

function wordsOf(argv: readonly string[]) {
  const options = {
    output: { type: 'string', short: 'o', default: 'text' },
    scale: { type: 'string', default: '1' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  const scale = Number(values.scale);
  const stranger = positionals.find((word) => !isSubject(word));
  if (stranger !== undefined) throw new Error(`there is no bench "${stranger}"`);
  if (!(scale > 0)) throw new Error(`"${values.scale}" is not a scale`);
  if (values.output !== 'text' && values.output !== 'json') throw new Error(`there is no output "${values.output}"`);
  return { named: positionals.filter(isSubject), scale, isJson: values.output === 'json' };
}

try {
  const { named, scale, isJson } = wordsOf(process.argv.slice(2));
  const wanted = named.length > 0 ? named : (Object.keys(subjects).filter(isSubject) satisfies Subject[]);
  const results = wanted.map((subject) => ({ subject, ...subjects[subject](scale) }));
  const [only] = results;
  const json =
    results.length === 1 ? only?.figures : Object.fromEntries(results.map((each) => [each.subject, each.figures]));
  const text = results.map(({ subject, table }) => `${subject}\n\n${table}\n`).join('\n');
  process.stdout.write(isJson ? `${JSON.stringify(json)}\n` : text);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 64;
}
