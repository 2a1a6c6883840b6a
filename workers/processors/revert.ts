import { setTimeout as pause } from 'node:timers/promises';
import { BotError } from '../../src/errors.ts';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import { revertJob, verifyJob } from '../../src/jobs/remediate.ts';
import type { PolicyWriter } from '../../src/ports.ts';
import { isObjectOf } from '../../src/remediation/approved.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import { mayPass } from './propose.ts';
import type { Turn } from './turn.ts';

export interface RevertDeps extends DeskDeps {
  readonly writer: PolicyWriter;
  /** How long a finalizer may keep a deleted object. */
  readonly vanishing?: { readonly patienceMs: number; readonly intervalMs: number };
}

export type Removal =
  | { readonly kind: 'gone' }
  /** Another object bears the name; ours is gone. */
  | { readonly kind: 'not-ours'; readonly detail: string }
  | { readonly kind: 'cannot'; readonly detail: string };

/** Removes a policy when its time is over or when it was revoked, and has the removal proved. */
export function revertProcessor(deps: RevertDeps) {
  const desk = remediationDesk(deps);
  const { writer, clock, log, vanishing = { patienceMs: 10_000, intervalMs: 250 } } = deps;

  async function remove(remediation: Remediation): Promise<Removal> {
    const { manifest, objectUid } = remediation;
    const deadline = Date.now() + vanishing.patienceMs;
    for (let looks = 0; ; looks += 1) {
      if (looks > 1) await pause(vanishing.intervalMs);
      const found = await writer.get(manifest);
      if (!found.ok && found.reason === 'not-found') return { kind: 'gone' };
      if (!found.ok) return failure(found);

      const { uid } = found.value.metadata;
      const isOurs = objectUid === null ? isObjectOf(remediation, found.value) : uid === objectUid;
      if (!isOurs || !uid) {
        const detail = `The ${manifest.kind} ${manifest.metadata.name} that stands now is not the one created here; it is left alone.`;
        return { kind: 'not-ours', detail };
      }
      const removed = await writer.remove(manifest, uid);
      // A conflict is a uid that is no longer this one: the next look says what stands there now.
      if (!removed.ok && removed.reason !== 'not-found' && removed.reason !== 'conflict') return failure(removed);
      if (Date.now() >= deadline) return { kind: 'cannot', detail: 'It was deleted, and a finalizer still holds it.' };
    }
  }

  /** The record in the state that its removal belongs to; null when there is nothing to remove now. */
  async function due(remediation: Remediation, { version, attempt }: StepPayload): Promise<Remediation | null> {
    const { state, expiresAt } = remediation;
    if (state === 'reverting' || state === 'stuck') return remediation;
    if (state !== 'active' && state !== 'verifying') return null;

    const remainingMs = new Date(expiresAt ?? 0).getTime() - clock.now().getTime();
    if (remainingMs <= 0) return desk.move(remediation, 'expire', { by: 'clock' });
    // Early by a queue's clock that is ahead of ours, or under a version that has since been extended.
    if (version === remediation.version) {
      await desk.next(revertJob, remediation, { attempt: attempt + 1, delayMs: remainingMs });
    }
    return null;
  }

  return async (payload: StepPayload, _turn: Turn): Promise<void> => {
    const found = await desk.load(payload.remediationId);
    const remediation = found && (await due(found, payload));
    if (!remediation) return;

    const removal = await remove(remediation);
    if (removal.kind === 'cannot') {
      log.error({ alert: true, remediationId: remediation.id, detail: removal.detail }, 'policy cannot be removed');
      const stuck = remediation.state === 'stuck' ? remediation : await desk.move(remediation, 'stick');
      if (!stuck) return;
      await desk.redraw(stuck);
      return desk.announce(stuck, 'stuck', { detail: removal.detail });
    }

    const { attempt } = payload;
    await desk.next(verifyJob, remediation, { attempt: payload.version === remediation.version ? attempt : 0 });
    if (removal.kind === 'not-ours') log.error({ alert: true, remediationId: remediation.id }, removal.detail);
    await desk.redraw(remediation);
    const what = reasonOf(remediation);
    if (what) await desk.announce(remediation, what, removal.kind === 'not-ours' ? { detail: removal.detail } : {});
  };
}

/** Why it was removed, where that was not said before. */
function reasonOf({ log }: Remediation): 'expired' | 'revoked' | null {
  const events = log.map(({ event }) => event);
  if (events.includes('revoke')) return 'revoked';
  return events.includes('expire') || events.includes('lapse') ? 'expired' : null;
}

function failure({ reason, message }: { readonly reason: string; readonly message: string }): Removal {
  if (mayPass(reason)) throw new BotError('CLUSTER_UNAVAILABLE', message);
  return { kind: 'cannot', detail: message };
}
