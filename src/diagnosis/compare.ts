import type { Judged } from './judge.ts';
import type { Finding } from './report.ts';

/** One pod of several, with what was said of it. */
export interface Compared {
  readonly pod: string;
  readonly node: string | null;
  readonly judged: Judged;
}

/** One answer for several pods: the worst of them speaks, what others share is counted, and what differs is named. */
export function compare(runs: readonly [Compared, ...Compared[]]): {
  readonly main: Compared;
  readonly judged: Judged;
} {
  const [first] = runs;
  const main = runs.reduce((worst, each) => (badness(each) > badness(worst) ? each : worst), first);
  if (runs.length === 1) return { main, judged: main.judged };
  const ids = main.judged.findings.map(({ checkId }) => checkId);
  return {
    main,
    judged: {
      ...main.judged,
      verdict: { ...main.judged.verdict, summary: `${tallyOf(runs, main)} ${main.judged.verdict.summary}` },
      findings: ids.flatMap((id) => mergedFinding(id, runs, main)),
    },
  };
}

function badness({ judged: { verdict } }: Compared): number {
  if (verdict.outcome === 'broken') return verdict.confidence === 'certain' ? 3 : 2;
  return verdict.outcome === 'inconclusive' ? 1 : 0;
}

function tallyOf(runs: readonly Compared[], main: Compared): string {
  const alike = runs.filter(({ judged }) => isAlike(judged, main.judged));
  if (alike.length === runs.length) return `All ${runs.length} pods that were checked, one for each node, are alike.`;
  const others = runs.filter((each) => !alike.includes(each));
  const words = others.map((each) => `${placeOf(each)} is ${each.judged.verdict.outcome}${causeOf(each)}`);
  return `${alike.length} of ${runs.length} pods, one for each node: ${alike.map(placeOf).join(', ')}. ${words.join('; ')}.`;
}

const isAlike = (a: Judged, b: Judged): boolean =>
  a.verdict.outcome === b.verdict.outcome && a.verdict.cause === b.verdict.cause;

const causeOf = ({ judged }: Compared): string => (judged.verdict.cause === null ? '' : ` (${judged.verdict.cause})`);

const placeOf = ({ pod, node }: Compared): string => `${pod} on ${node ?? 'no node'}`;

const severity = ['not-applicable', 'pass', 'inconclusive', 'unknown', 'crashed', 'fail'];

/** The worst finding of a check, once, with who shares it and who does not. */
function mergedFinding(checkId: string, runs: readonly Compared[], main: Compared): Finding[] {
  const all = runs.flatMap((run) => {
    const finding = run.judged.findings.find((each) => each.checkId === checkId);
    return finding ? [{ run, finding }] : [];
  });
  const own = all.find(({ run }) => run === main);
  const worst = all.reduce(
    (bad, each) => (severity.indexOf(each.finding.outcome) > severity.indexOf(bad?.finding.outcome ?? '') ? each : bad),
    own,
  );
  if (worst === undefined) return [];
  const { finding } = worst;
  if (finding.outcome === 'pass' || finding.outcome === 'not-applicable') return [finding];
  const sharing = all.filter(
    (each) => each.finding.outcome === finding.outcome && each.finding.title === finding.title,
  );
  const others = all.filter((each) => !sharing.includes(each));
  return [
    {
      ...finding,
      facts: [
        `${sharing.length} of ${all.length} pods: ${sharing.map(({ run }) => placeOf(run)).join(', ')}`,
        ...others.map(({ run, finding: other }) => `${placeOf(run)}: ${other.outcome}: ${other.summary}`),
        ...finding.facts,
      ],
    },
  ];
}
