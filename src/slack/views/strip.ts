import type { Report } from '../../diagnosis/report.ts';
import { stages } from '../../diagnosis/stages.ts';
import { escapeTo } from '../mrkdwn.ts';
import { hopWords } from './marks.ts';

type Hop = Report['path'][number];

/** The packet's way out, in order; neighbouring hops of one status share a line. */
export function pathStrip(path: readonly Hop[], max: number): string {
  const runs: { status: Hop['status']; hops: Hop[] }[] = [];
  for (const hop of path) {
    const last = runs.at(-1);
    if (last?.status === hop.status) last.hops.push(hop);
    else runs.push({ status: hop.status, hops: [hop] });
  }
  const lines = runs.map(({ status, hops }) => {
    const names = hops.map(({ hop }) => escapeTo(hop, 40)).join(' → ');
    const [only] = hops;
    const note = status === 'broken' && hops.length === 1 && only?.note ? `: ${escapeTo(only.note, 200)}` : '';
    return `${hopWords[status]}  ${names}${note}`;
  });

  return whole(lines, max);
}

/** Whole lines only: a cut in one could fall into an entity. */
function whole(lines: readonly string[], max: number): string {
  const count = lines.findIndex((_, index) => lines.slice(0, index + 1).join('\n').length > max);
  return lines.slice(0, count < 0 ? lines.length : count).join('\n');
}

/** The stages that a check goes through, before anything is known of them. */
export function waitingStrip(): string {
  return `⚪ waiting  ${stages.map(({ hop }) => hop).join(' → ')}`;
}
