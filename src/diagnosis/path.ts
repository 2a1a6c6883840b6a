import type { Culprit } from './culprit.ts';
import type { Judged } from './engine.ts';
import type { Report } from './report.ts';
import { stageOrder, stages } from './stages.ts';
import type { Connectivity } from './tally.ts';

type Hop = Report['path'][number];

/** One entry per stage that was judged, in the packet's order, up to where it ends. */
export function pathOf(judged: readonly Judged[], { ipv6 }: Connectivity, culprit: Culprit | null): Report['path'] {
  const end = culprit ? stageOrder(culprit.judged.check.stage) : stages.length;
  return stages.flatMap(({ id, hop }, order): Hop[] => {
    const here = judged.filter(({ check, finding }) => check.stage === id && finding.outcome !== 'not-applicable');
    const worst = here.toSorted((a, b) => severity(b) - severity(a))[0];
    if (!worst) return [];

    const { title, summary } = worst.finding;
    if (culprit && order === end) return [{ hop, status: 'broken', note: culprit.judged.finding.title }];
    if (order > end) return [{ hop, status: 'unreached', note: 'Packets do not come this far' }];
    if (worst.finding.outcome === 'pass') return [{ hop, status: 'ok', note: title }];
    if (worst.finding.outcome !== 'fail') return [{ hop, status: 'unknown', note: summary }];
    if (ipv6 === 'all') return [{ hop, status: 'ok', note: `${title}, and packets come through all the same` }];
    // Deciding evidence further on shows that our packets came past what looks wrong here.
    if (culprit?.fault.isDeciding) return [{ hop, status: 'ok', note: `${title}, and our packets came past it` }];
    return [{ hop, status: culprit ? 'unknown' : statusOfSymptom(ipv6), note: title }];
  });
}

function statusOfSymptom(ipv6: Connectivity['ipv6']): Hop['status'] {
  return ipv6 === 'unproved' ? 'unknown' : 'broken';
}

function severity({ finding }: Judged): number {
  return ['not-applicable', 'pass', 'inconclusive', 'unknown', 'crashed', 'fail'].indexOf(finding.outcome);
}
