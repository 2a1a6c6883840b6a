import { BotError } from '../../src/errors.ts';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import { remindJob, revertJob } from '../../src/jobs/remediate.ts';
import type { PolicyWriter } from '../../src/ports.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import { untilReminder } from './remind.ts';
import type { Turn } from './turn.ts';

export interface SettleDeps extends DeskDeps {
  readonly writer: PolicyWriter;
  /** Whether policies, read afresh and without ours, admit the destinations now; null where that is doubtful. */
  admitsWithoutOurs(remediation: Remediation, signal: AbortSignal): Promise<boolean | null>;
}

/** Judges what the prober saw: keeps the policy or ends it, and proves its end. */
export function settleProcessor(deps: SettleDeps) {
  const desk = remediationDesk(deps);
  const { remediations, writer, clock, log } = deps;

  async function settleApplied(remediation: Remediation, verification: Verification): Promise<void> {
    const baseline = await remediations.loadVerification(remediation.id, 0);
    const problem = objectionOf(verification, baseline);
    if (problem) {
      const moved = await desk.move(remediation, 'disproved', { note: problem });
      return moved ? continueWithRevert(moved, problem, verification) : undefined;
    }
    const active = await desk.move(remediation, 'proved');
    if (active) await continueWithActive(active, verification);
  }

  async function continueWithRevert(
    reverting: Remediation,
    problem: 'not-fixed' | 'worse',
    verification: Verification,
  ): Promise<void> {
    await desk.next(revertJob, reverting);
    await desk.redraw(reverting);
    await desk.announce(reverting, problem, { verification });
  }

  async function continueWithActive(active: Remediation, verification: Verification): Promise<void> {
    const remainingMs = new Date(active.expiresAt ?? 0).getTime() - clock.now().getTime();
    await desk.next(revertJob, active, { delayMs: Math.max(0, remainingMs) });
    await desk.next(remindJob, active, { delayMs: untilReminder(remainingMs) });
    await desk.redraw(active);
    await desk.announce(active, 'active', { verification });
  }

  async function settleRemoved(
    remediation: Remediation,
    verification: Verification,
    attempt: number,
    signal: AbortSignal,
  ) {
    const found = await writer.get(remediation.manifest);
    if (!found.ok && found.reason !== 'not-found') throw new BotError('CLUSTER_UNAVAILABLE', found.message);
    // It came back, or its removal was not final: that comes first, and then the probe again.
    const { objectUid } = remediation;
    if (found.ok && (objectUid === null || found.value.metadata.uid === objectUid)) {
      return desk.next(revertJob, remediation, { attempt: attempt + 1 });
    }

    const isOpen = verification.ipv6.connected > 0;
    if (!isOpen || (await deps.admitsWithoutOurs(remediation, signal)) === true) {
      const note = isOpen ? 'Other policies admit the destination now.' : '';
      const reverted = await desk.move(remediation, 'reverted', { note });
      return reverted ? continueWithReverted(reverted, verification) : undefined;
    }

    const { id } = remediation;
    log.error({ alert: true, remediationId: id, verification }, 'policy is gone and its destinations are still open');
    const stuck = remediation.state === 'stuck' ? remediation : await desk.move(remediation, 'stick');
    if (!stuck) return;
    await desk.redraw(stuck);
    await desk.announce(stuck, 'still-open', { verification });
  }

  async function continueWithReverted(reverted: Remediation, verification: Verification): Promise<void> {
    await desk.redraw(reverted);
    const note = reverted.log.at(-1)?.note ?? '';
    await desk.announce(reverted, 'reverted', { verification, ...(note ? { detail: note } : {}) });
  }

  /** What an earlier attempt moved and did not live to say or to have done. */
  async function finish(remediation: Remediation, verification: Verification): Promise<void> {
    if (remediation.state === 'active') await continueWithActive(remediation, verification);
    if (remediation.state === 'reverted') await continueWithReverted(remediation, verification);
    if (remediation.state === 'reverting' && remediation.log.at(-1)?.event === 'disproved') {
      const problem = remediation.log.at(-1)?.note === 'worse' ? 'worse' : 'not-fixed';
      await continueWithRevert(remediation, problem, verification);
    }
  }

  return async ({ remediationId, version, attempt }: StepPayload, { signal }: Turn): Promise<void> => {
    const remediation = await desk.load(remediationId);
    const verification = await remediations.loadVerification(remediationId, version);
    if (!remediation || !verification) return;
    if (remediation.version === version + 1) return finish(remediation, verification);
    if (remediation.version !== version) return;
    if (remediation.state === 'verifying') await settleApplied(remediation, verification);
    if (remediation.state === 'reverting' || remediation.state === 'stuck') {
      await settleRemoved(remediation, verification, attempt, signal);
    }
  };
}

/** Null when the policy did what it was for and did no harm. */
export function objectionOf(after: Verification, before: Verification | null): 'not-fixed' | 'worse' | null {
  const rate = ({ connected, of }: { connected: number; of: number }): number => (of === 0 ? 0 : connected / of);
  // Half is the line between a flaky path and one that was cut. Without a baseline a dead IPv4 counts as our doing.
  const floor = before ? rate(before.ipv4) / 2 : 0.5;
  const couldTell = after.ipv4.of > 0 && (before === null || before.ipv4.connected > 0);
  if (couldTell && rate(after.ipv4) < floor) return 'worse';
  return after.problem === null && after.ipv6.connected > 0 ? null : 'not-fixed';
}
