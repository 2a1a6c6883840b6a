import { causes } from './causes.ts';
import { type Culprit, culpritOf } from './culprit.ts';
import type { Judged } from './engine.ts';
import type { ReportVerdict } from './report.ts';
import { stageOrder } from './stages.ts';
import { summaryOfBroken, summaryOfInconclusive, summaryOfReachable } from './summary.ts';
import type { Connectivity } from './tally.ts';

export interface Decision {
  readonly verdict: ReportVerdict;
  readonly culprit: Culprit | null;
}

/**
 * Packets that arrive outrank everything that looks wrong, but for what our own packets show beyond a connect: data that stalls,
 * a name that has no address. Otherwise the first broken stage is the cause.
 */
export function decide(judged: readonly Judged[], connectivity: Connectivity): Decision {
  const culprit = culpritOf(judged, connectivity);
  if (connectivity.ipv6 === 'all' && culprit === null && !isBlindBeyond(judged, connectivity)) {
    return { verdict: reachable(judged, connectivity), culprit: null };
  }
  const verdict = culprit ? broken(judged, connectivity, culprit) : inconclusive(judged, connectivity);
  return { verdict, culprit };
}

/** What comes after a connect was to be seen and was not: green would be a guess. */
function isBlindBeyond(judged: readonly Judged[], { isStandIn }: Connectivity): boolean {
  const beyond = judged.filter(({ check }) => check.stage === 'mtu' || check.stage === 'dns');
  return beyond.some(({ check, judgement, isOnlyToolMissing }) => {
    if (judgement === null) return isOnlyToolMissing !== true;
    return isStandIn && check.stage === 'dns' && judgement.outcome === 'inconclusive';
  });
}

function reachable(judged: readonly Judged[], connectivity: Connectivity): ReportVerdict {
  return {
    outcome: 'reachable',
    cause: null,
    stage: null,
    confidence: null,
    neighbours: [],
    policyIsCause: 'no',
    summary: summaryOfReachable(judged, connectivity),
    notLookedAt: gapsOf(judged),
  };
}

function broken(judged: readonly Judged[], connectivity: Connectivity, culprit: Culprit): ReportVerdict {
  const { fault } = culprit;
  const { stage } = culprit.judged.check;
  // A fault that stops every packet does not explain why some arrive; a policy denies by destination, so it may.
  const isContradicted = connectivity.ipv6 === 'some' && stage !== 'policy' && !fault.isDeciding;
  const confidence = isContradicted ? 'likely' : fault.confidence;
  const { policyIsCause: byNature } = causes[fault.cause];
  const policyIsCause = byNature === 'yes' ? 'yes' : confidence === 'certain' ? 'no' : policyByItself(judged);
  const earlier = judged.filter(({ check }) => stageOrder(check.stage) < stageOrder(stage));

  return {
    outcome: 'broken',
    cause: fault.cause,
    stage,
    confidence,
    neighbours: confidence === 'likely' ? fault.neighbours.slice(0, 3) : [],
    policyIsCause,
    summary: summaryOfBroken({ judged, connectivity, culprit, confidence, policyIsCause }),
    notLookedAt: gapsOf(earlier),
  };
}

function inconclusive(judged: readonly Judged[], connectivity: Connectivity): ReportVerdict {
  const policyIsCause = policyByItself(judged);
  return {
    outcome: 'inconclusive',
    cause: null,
    stage: null,
    confidence: null,
    neighbours: [],
    policyIsCause,
    summary: summaryOfInconclusive({ judged, connectivity, policyIsCause }),
    notLookedAt: gapsOf(judged),
  };
}

/** What the policy stage alone says of policies, when no other stage has settled it. */
function policyByItself(judged: readonly Judged[]): 'yes' | 'no' | 'unknown' {
  const policy = judged.filter(({ check }) => check.stage === 'policy');
  if (policy.some(({ judgement }) => judgement?.outcome === 'inconclusive' && judgement.isByDesign)) return 'yes';
  const isCleared = policy.every(({ finding }) => finding.outcome === 'pass' || finding.outcome === 'not-applicable');
  return policy.length > 0 && isCleared ? 'no' : 'unknown';
}

/** What could not be judged, with its reasons, so that nobody reads silence as health. */
function gapsOf(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ finding, judgement }) => {
    if (judgement !== null && judgement.outcome !== 'inconclusive') return [];
    const reasons = judgement === null && finding.facts.length > 0 ? finding.facts.join('; ') : finding.summary;
    return [`${finding.title}? ${reasons}`];
  });
}
