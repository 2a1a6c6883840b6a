import { judge } from '../../src/diagnosis/judge.ts';
import { type EvidenceSizes, evidenceOf } from './evidence.ts';
import { percentile, type Spread, spreadOf, timesOf } from './measure.ts';

export interface JudgeFigures {
  readonly judgeMs: Spread;
  readonly growth: readonly (EvidenceSizes & { readonly judgeMs: number })[];
}

/** What it costs to judge one run's evidence, and which of its sizes the cost follows. */
export function benchJudge({ rules, policies }: EvidenceSizes): JudgeFigures {
  const small = { rules: share(rules, 0.01), policies: share(policies, 0.01) };
  const steps = [
    small,
    { ...small, rules: share(rules, 0.1) },
    { ...small, rules },
    { ...small, policies: share(policies, 0.1) },
    { ...small, policies },
  ];
  return {
    judgeMs: spreadOf(judgeTimes({ rules, policies })),
    growth: steps.map((sizes) => ({ ...sizes, judgeMs: percentile(judgeTimes(sizes), 50) })),
  };
}

const share = (whole: number, part: number) => Math.max(1, Math.round(whole * part));

function judgeTimes(sizes: EvidenceSizes): number[] {
  const bag = evidenceOf(sizes);
  return timesOf(Array.from({ length: 40 }), () => judge(bag));
}
