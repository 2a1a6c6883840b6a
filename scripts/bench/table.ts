import type { JudgeFigures } from './judge.ts';
import { rounded, type Spread } from './measure.ts';
import type { PolicyFigures } from './policy.ts';

export function policyTable({ explainMs, simulateMs, compileMs, rssMb, growth }: PolicyFigures): string {
  return table([
    ['', 'p50', 'p95', 'p95/p50'],
    spreadRow('explain one pod', explainMs),
    spreadRow('simulate one policy', simulateMs),
    ['compile all', `${compileMs} ms`],
    ['memory', `${rssMb} MB`],
    [],
    ['policies', 'pods', 'explain', 'growth'],
    ...growth.map(({ policies, pods, explainMs: ms }, index) => {
      const before = growth[index - 1];
      return [
        `${policies}`,
        `${pods}`,
        `${ms} ms`,
        before ? grown(ms / before.explainMs, policies / before.policies) : '',
      ];
    }),
  ]);
}

export function judgeTable({ judgeMs, growth }: JudgeFigures): string {
  const [first] = growth;
  return table([
    ['', 'p50', 'p95', 'p95/p50'],
    spreadRow('judge one run', judgeMs),
    [],
    ['rules', 'policies', 'judge', 'growth'],
    ...growth.map(({ rules, policies, judgeMs: ms }) => {
      const more = first ? Math.max(rules / first.rules, policies / first.policies) : 1;
      return [`${rules}`, `${policies}`, `${ms} ms`, first && more > 1 ? grown(ms / first.judgeMs, more) : ''];
    }),
  ]);
}

function spreadRow(name: string, { p50, p95 }: Spread): string[] {
  return [name, `${p50} ms`, `${p95} ms`, `×${rounded(p95 / p50)}`];
}

function grown(time: number, size: number): string {
  return `×${rounded(time)} for ×${rounded(size)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('   ').trimEnd()).join('\n');
}
