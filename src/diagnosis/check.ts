import type { Evidence, EvidenceKey } from '../evidence/evidence.ts';
import type { PodObject } from '../evidence/objects.ts';
import type { Observation } from '../evidence/observation.ts';
import type { CauseId } from './causes.ts';
import type { Stage } from './stages.ts';

export type Confidence = 'certain' | 'likely';

/** What a check says of the evidence. `unknown` and `crashed` belong to the engine. */
export type Judgement =
  | {
      readonly outcome: 'pass' | 'not-applicable';
      readonly summary: string;
      readonly facts: readonly string[];
    }
  | {
      readonly outcome: 'inconclusive';
      readonly summary: string;
      readonly facts: readonly string[];
      /** What a person can do to settle it, as a sentence. */
      readonly settledBy?: string;
      /** A policy denies what was tried in both families, so that nothing about IPv6 is broken. */
      readonly isByDesign?: true;
    }
  /** A symptom: what was tried fails, and this check cannot know why. Never a cause. */
  | {
      readonly outcome: 'fail';
      readonly cause: null;
      readonly summary: string;
      readonly facts: readonly string[];
    }
  | {
      readonly outcome: 'fail';
      readonly cause: CauseId;
      readonly confidence: Confidence;
      /** Neighbouring causes that the same evidence excludes, and those it does not (at most three). */
      readonly ruledOut: readonly CauseId[];
      readonly neighbours: readonly CauseId[];
      /**
       * Whether the evidence shows our own packets stopping here (a counter that rose, an ICMPv6 error's sender). Such
       * a judgement outranks an earlier stage that merely looks wrong.
       */
      readonly isDeciding: boolean;
      readonly summary: string;
      readonly facts: readonly string[];
      /** Commands or YAML to copy, with this cluster's names. */
      readonly fix: string;
    };

export type Fault = Extract<Judgement, { readonly isDeciding: boolean }>;

export interface Check<K extends EvidenceKey = EvidenceKey, M extends EvidenceKey = EvidenceKey> {
  /** Kebab-case noun, equal to the file name, the test's name and the page's name. */
  readonly id: string;
  readonly stage: Stage;
  /** What is true of the pod when the check passes, and when it fails. Operators read both. */
  readonly title: string;
  readonly failureTitle: string;
  /** Without these there is no judgement: the engine answers `unknown` and lists what is missing. */
  readonly needs: readonly K[];
  /** These sharpen a judgement and arrive as observations, so that one missing counter makes a cause likely, not unknown. */
  readonly mayUse: readonly M[];
  readonly causes: readonly CauseId[];
  /** Why the check does not concern this pod; null when it does. Asked first, so that what is not needed is not missed. */
  readonly exempts?: (pod: PodObject) => string | null;
  evaluate(evidence: Pick<Evidence, K>, extra: { readonly [P in M]: Observation<Evidence[P]> }): Judgement;
}

/** A check whose own keys are no longer in its type, so that checks of different needs fit one list. */
export interface RegisteredCheck extends Omit<Check, 'evaluate'> {
  evaluate(evidence: Partial<Evidence>, extra: { readonly [P in EvidenceKey]?: Observation<Evidence[P]> }): Judgement;
}

/** Holds a check to what it declares: `evaluate` cannot read evidence that is not in `needs` or `mayUse`. */
export function defineCheck<const K extends EvidenceKey, const M extends EvidenceKey = never>(
  check: Check<K, M>,
): Check<K, M> & RegisteredCheck {
  // The engine narrows to `needs` and `mayUse` before it calls, which is all that the specific type asks for.
  return check as Check<K, M> & RegisteredCheck;
}
