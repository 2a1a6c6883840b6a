import { BotError, catalogue } from '../../src/errors.ts';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import { remindJob, revertJob } from '../../src/jobs/remediate.ts';
import type { PolicyWriter } from '../../src/ports.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { type ApprovalDeps, objectionToDecision } from './approval.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import { mayPass } from './propose.ts';
import { untilReminder } from './remind.ts';
import type { Turn } from './turn.ts';

export interface ExtendDeps extends DeskDeps, ApprovalDeps {
  readonly writer: PolicyWriter;
}

/** Moves the end that is written on the object. What is refused ends when it would have: the object counts, not the record. */
export function extendProcessor(deps: ExtendDeps) {
  const desk = remediationDesk(deps);
  const { writer, clock, log } = deps;

  /** Null when it was extended. */
  async function refusalOf(remediation: Remediation, end: Date): Promise<string | null> {
    const objection = await objectionToDecision(remediation, clock.now(), deps);
    if (objection !== null) return objection;
    const { manifest, objectUid } = remediation;
    if (objectUid === null) return catalogue.DECISION_INVALID.say;
    const extended = await writer.extend(manifest, objectUid, end);
    if (extended.ok) return null;
    if (mayPass(extended.reason)) throw new BotError('CLUSTER_UNAVAILABLE', extended.message);
    return new BotError('POLICY_REFUSED', extended.message).say;
  }

  return async ({ remediationId, version }: StepPayload, _turn: Turn): Promise<void> => {
    const remediation = await desk.load(remediationId);
    if (remediation?.state !== 'active' || remediation.version !== version || remediation.expiresAt === null) return;
    const end = new Date(remediation.expiresAt);
    const refusal = await refusalOf(remediation, end);
    const kind = `extension ${version}`;
    if (refusal !== null) {
      log.warn({ remediationId, refusal }, 'policy not extended');
      // The record believed it; the end that stands on the object comes first, and the sweep keeps to that.
      return desk.announce(remediation, 'not-extended', { detail: refusal, kind });
    }

    const remainingMs = end.getTime() - clock.now().getTime();
    await desk.next(revertJob, remediation, { delayMs: Math.max(0, remainingMs) });
    await desk.next(remindJob, remediation, { delayMs: untilReminder(remainingMs) });
    await desk.redraw(remediation);
    await desk.announce(remediation, 'extended', { kind });
  };
}
