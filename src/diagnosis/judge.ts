import type { EvidenceBag } from '../evidence/evidence.ts';
import { runChecks } from './engine.ts';
import { pathOf } from './path.ts';
import { checks } from './registry.ts';
import type { Finding, Report, ReportVerdict } from './report.ts';
import { connectivityOf } from './tally.ts';
import { decide } from './verdict.ts';

export interface Judged {
  readonly verdict: ReportVerdict;
  readonly findings: Finding[];
  readonly path: Report['path'];
}

/** One run's evidence, judged. The same evidence always gives the same answer. */
export function judge(bag: EvidenceBag): Judged {
  const judged = runChecks(checks, bag);
  const connectivity = connectivityOf(bag);
  const { verdict, culprit } = decide(judged, connectivity);

  return {
    verdict,
    findings: judged.map(({ finding }) => finding),
    path: pathOf(judged, connectivity, culprit),
  };
}
