import type { Confidence } from './check.ts';
import { type Culprit, faultOf } from './culprit.ts';
import type { Judged } from './engine.ts';
import { type Connectivity, describeTally, type Tally } from './tally.ts';

type PolicyIsCause = 'yes' | 'no' | 'unknown';

const policySentences = {
  yes: 'A policy is the cause.',
  no: 'Policy is not the cause.',
  unknown: 'Whether a policy is the cause is not known.',
} as const satisfies Record<PolicyIsCause, string>;

export function summaryOfReachable(judged: readonly Judged[], { tallies, deadAnchors }: Connectivity): string {
  const dead = new Set(deadAnchors);
  const living = tallies.filter((tally) => tally.family === 6 && !dead.has(tally));
  const odd = judged.filter((each) => faultOf(each) !== null).map(({ finding }) => finding.title);
  return join([
    `IPv6 egress works: ${living.map(describeTally).join(', ')}.`,
    ...deadAnchors.map((tally) => `${placeOf(tally)} does not answer the node either, so it is at fault itself.`),
    odd.length > 0 && `This looks wrong and did not stop the packets: ${odd.join('; ')}.`,
  ]);
}

export function summaryOfBroken({
  judged,
  connectivity,
  culprit,
  confidence,
  policyIsCause,
}: {
  readonly judged: readonly Judged[];
  readonly connectivity: Connectivity;
  readonly culprit: Culprit;
  readonly confidence: Confidence;
  readonly policyIsCause: PolicyIsCause;
}): string {
  const { fault } = culprit;
  const others = judged
    .filter((each) => each !== culprit.judged && faultOf(each) !== null)
    .map(({ finding }) => finding.title);
  const neighbours = fault.neighbours.slice(0, 3).join(', ');
  return join([
    fault.summary,
    policySentences[policyIsCause],
    confidence === 'likely' && `This is likely, not certain${neighbours && `; not ruled out: ${neighbours}`}.`,
    connectivity.ipv6 === 'unproved' && 'The pod itself could not be tried.',
    connectivity.ipv6 === 'some' && `Some attempts connect: ${ipv6Of(connectivity).map(describeTally).join(', ')}.`,
    connectivity.ipv6 !== 'unproved' && ipv4Sentence(connectivity),
    others.length > 0 && `Also found: ${others.join('; ')}.`,
    siblingSentence(judged),
  ]);
}

export function summaryOfInconclusive({
  judged,
  connectivity,
  policyIsCause,
}: {
  readonly judged: readonly Judged[];
  readonly connectivity: Connectivity;
  readonly policyIsCause: PolicyIsCause;
}): string {
  const open = judged.flatMap(({ judgement }) => (judgement?.outcome === 'inconclusive' ? [judgement] : []));
  const byDesign = open.find(({ isByDesign }) => isByDesign);
  if (byDesign) return join([byDesign.summary, policySentences[policyIsCause], byDesign.settledBy ?? false]);

  const unread = judged.filter(({ judgement }) => judgement === null).map(({ finding }) => finding.stage);
  return join([
    connectivity.ipv6 === 'unproved'
      ? 'Whether IPv6 egress works could not be tried from the pod.'
      : connectivity.ipv6 === 'all'
        ? `IPv6 addresses connect (${ipv6Of(connectivity).map(describeTally).join(', ')}), and whether that is all that the pod needs was not seen.`
        : `IPv6 connects fail and nothing that was read explains it: ${ipv6Of(connectivity).map(describeTally).join(', ')}.`,
    policySentences[policyIsCause],
    connectivity.ipv6 !== 'unproved' && ipv4Sentence(connectivity),
    unread.length > 0 && `Not read: ${[...new Set(unread)].join(', ')}.`,
    siblingSentence(judged),
    ...open.flatMap(({ settledBy }) => settledBy ?? []),
  ]);
}

/** What another pod's attempts show of the way that both share. */
function siblingSentence(judged: readonly Judged[]): string | false {
  const finding = judged.find(({ check }) => check.id === 'sibling-view')?.finding;
  return (
    finding !== undefined && finding.outcome !== 'not-applicable' && finding.outcome !== 'unknown' && finding.summary
  );
}

function ipv4Sentence({ ipv4 }: Connectivity): string | false {
  if (ipv4 === 'all') return 'IPv4 works.';
  return ipv4 === 'none' && 'IPv4 fails as well.';
}

function ipv6Of({ tallies }: Connectivity): Tally[] {
  return tallies.filter(({ family }) => family === 6);
}

function placeOf({ address, port }: Tally): string {
  return `[${address}]:${port}`;
}

function join(sentences: readonly (string | false)[]): string {
  return sentences.filter((sentence) => sentence !== false && sentence !== '').join(' ');
}
