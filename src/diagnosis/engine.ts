import type { Evidence, EvidenceBag, EvidenceKey } from '../evidence/evidence.ts';
import { failed, type Observation } from '../evidence/observation.ts';
import type { Judgement, RegisteredCheck } from './check.ts';
import type { Finding } from './report.ts';

/** A check, what it said of this run's evidence, and the finding that people read. */
export interface Judged {
  readonly check: RegisteredCheck;
  readonly finding: Finding;
  /** Null when the check could not judge: its evidence is missing, or it crashed. */
  readonly judgement: Judgement | null;
  /** Nothing in the container can look at this; anything else that is missing might have been seen. */
  readonly isOnlyToolMissing?: true;
}

export function runChecks(checks: readonly RegisteredCheck[], bag: EvidenceBag): Judged[] {
  return checks.map((check) => runCheck(check, bag));
}

function runCheck(check: RegisteredCheck, bag: EvidenceBag): Judged {
  try {
    const exemption = bag.pod?.status === 'observed' ? (check.exempts?.(bag.pod.value) ?? null) : null;
    if (exemption !== null) return judged(check, { outcome: 'not-applicable', summary: exemption, facts: [] });

    if (bag.pod === undefined && check.needs.some((key) => key.startsWith('pod'))) {
      return judged(check, {
        outcome: 'not-applicable',
        summary: 'A node is asked about, and no pod of it.',
        facts: [],
      });
    }
    const gaps = check.needs.flatMap((key) => gapOf(key, bag));
    if (gaps.length > 0) {
      const unknown = unjudged(check, 'unknown', 'Not enough evidence to say.', gaps);
      const isOnlyToolMissing = gaps.every((gap) => gap.endsWith('(TOOL_MISSING)'));
      return isOnlyToolMissing ? { ...unknown, isOnlyToolMissing } : unknown;
    }

    return judged(check, check.evaluate(onlyNeeds(check.needs, bag), onlyExtras(check.mayUse, bag)));
  } catch (error) {
    // A bug in one check must not cost the operator the other findings.
    return unjudged(check, 'crashed', `The check itself failed: ${String(error)}`, []);
  }
}

function judged(check: RegisteredCheck, judgement: Judgement): Judged {
  const { outcome, summary, facts } = judgement;
  const title = outcome === 'fail' ? check.failureTitle : check.title;
  const fix = 'fix' in judgement ? judgement.fix : null;
  const finding = { checkId: check.id, stage: check.stage, title, outcome, summary, facts: [...facts], fix };
  return { check, finding, judgement };
}

function unjudged(check: RegisteredCheck, outcome: 'unknown' | 'crashed', summary: string, facts: string[]): Judged {
  const { id: checkId, stage, title } = check;
  return { check, finding: { checkId, stage, title, outcome, summary, facts, fix: null }, judgement: null };
}

function gapOf(key: EvidenceKey, bag: EvidenceBag): string[] {
  const observation = bag[key];
  if (observation === undefined) return [`${key}: nothing looked at it (NOT_ATTEMPTED)`];
  return observation.status === 'observed' ? [] : [`${key}: ${observation.detail} (${observation.code})`];
}

function onlyNeeds(needs: readonly EvidenceKey[], bag: EvidenceBag): Partial<Evidence> {
  const entries = needs.flatMap((key) => {
    const observation = bag[key];
    return observation?.status === 'observed' ? [[key, observation.value] as const] : [];
  });
  return Object.fromEntries(entries);
}

function onlyExtras(
  mayUse: readonly EvidenceKey[],
  bag: EvidenceBag,
): { readonly [P in EvidenceKey]?: Observation<Evidence[P]> } {
  return Object.fromEntries(mayUse.map((key) => [key, bag[key] ?? failed('NOT_ATTEMPTED', 'nothing looked at it')]));
}
