import type { Fault } from './check.ts';
import type { Judged } from './engine.ts';
import { type Stage, stageOrder } from './stages.ts';
import type { Connectivity } from './tally.ts';

/** The check that names the cause, with what it said. */
export interface Culprit {
  readonly judged: Judged;
  readonly fault: Fault;
}

/** The first broken stage, unless evidence of our own packets stopping somewhere decides otherwise. */
export function culpritOf(judged: readonly Judged[], { ipv6 }: Connectivity): Culprit | null {
  const suspects = judged
    .flatMap((each) => {
      const fault = faultOf(each);
      return fault ? [{ judged: each, fault }] : [];
    })
    // A connect is no proof of what comes after it, and the proof against everything before.
    .filter(({ judged: { check }, fault }) => ipv6 !== 'all' || (fault.isDeciding && isBeyondConnect(check.stage)))
    // What nobody tried may work in spite of what merely looks wrong.
    .filter(({ fault }) => ipv6 !== 'unproved' || fault.confidence === 'certain')
    .toSorted((a, b) => stageOrder(a.judged.check.stage) - stageOrder(b.judged.check.stage));
  return suspects.find(({ fault }) => fault.isDeciding) ?? suspects[0] ?? null;
}

function isBeyondConnect(stage: Stage): boolean {
  return stageOrder(stage) > stageOrder('destination');
}

export function faultOf({ judgement }: Judged): Fault | null {
  return judgement?.outcome === 'fail' && judgement.cause !== null ? judgement : null;
}
