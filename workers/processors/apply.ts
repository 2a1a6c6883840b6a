import { BotError } from '../../src/errors.ts';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import { revertJob, verifyJob } from '../../src/jobs/remediate.ts';
import { approvedManifest, isObjectOf } from '../../src/remediation/approved.ts';
import type { EventName, Remediation } from '../../src/remediation/lifecycle.ts';
import { type ApprovalDeps, objectionTo } from './approval.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';
import { mayPass } from './propose.ts';
import type { Turn } from './turn.ts';

export interface ApplyDeps extends DeskDeps, ApprovalDeps {}

type Created =
  | { readonly kind: 'created'; readonly uid: string }
  | { readonly kind: 'refused'; readonly sentence: string };

/** Creates an approved policy once, however often it is asked to. */
export function applyProcessor(deps: ApplyDeps) {
  const desk = remediationDesk(deps);
  const { remediations, writer, clock, log } = deps;

  async function create(remediation: Remediation): Promise<Created> {
    const manifest = approvedManifest(remediation);
    const created = await writer.create(manifest, { dryRun: false });
    if (created.ok && created.value.metadata.uid) return { kind: 'created', uid: created.value.metadata.uid };
    if (!created.ok && mayPass(created.reason)) throw new BotError('CLUSTER_UNAVAILABLE', created.message);
    if (!created.ok && created.reason !== 'conflict') {
      return { kind: 'refused', sentence: new BotError('POLICY_REFUSED', created.message).say };
    }

    // Our own earlier attempt may have created it and died before it could note that.
    const found = await writer.get(manifest);
    if (!found.ok) throw new BotError('CLUSTER_UNAVAILABLE', found.message);
    const { uid } = found.value.metadata;
    if (uid && isObjectOf(remediation, found.value)) return { kind: 'created', uid };
    return { kind: 'refused', sentence: `An object named ${manifest.metadata.name} exists already and is not ours.` };
  }

  /** Ends an approval that is not applied; where an earlier attempt's object stands, its removal is what follows. */
  async function withdraw(remediation: Remediation, event: EventName, sentence: string): Promise<void> {
    const found = await writer.get(remediation.manifest);
    if (!found.ok && found.reason !== 'not-found') throw new BotError('CLUSTER_UNAVAILABLE', found.message);
    const stands = found.ok && isObjectOf(remediation, found.value);
    const moved = await desk.move(remediation, stands ? 'failed' : event, { note: sentence });
    if (!moved) return;
    log.warn({ remediationId: moved.id, sentence }, 'approved policy not applied');
    if (moved.state === 'reverting') await desk.next(revertJob, moved);
    await desk.redraw(moved);
    await desk.announce(moved, 'refused', { detail: sentence });
  }

  async function continueWith(verifying: Remediation): Promise<void> {
    await desk.next(verifyJob, verifying);
    await desk.redraw(verifying);
    await desk.announce(verifying, 'applied');
  }

  return async ({ remediationId }: StepPayload, { signal }: Turn): Promise<void> => {
    const remediation = await desk.load(remediationId);
    if (remediation?.state === 'verifying') return continueWith(remediation);
    if (remediation?.state !== 'approved') return;

    const now = clock.now();
    if (remediation.expiresAt === null || now >= new Date(remediation.expiresAt)) {
      return withdraw(remediation, 'refused', 'Its time was over before it could be applied.');
    }
    const objection = await objectionTo(remediation, now, deps, signal);
    if (objection !== null) return withdraw(remediation, 'refused', objection);

    const created = await create(remediation);
    if (created.kind === 'refused') return withdraw(remediation, 'refused', created.sentence);

    const applied = await desk.move(remediation, 'applied', { patch: { objectUid: created.uid } });
    if (applied) return continueWith(applied);

    // Somebody moved the record meanwhile. A revocation has perhaps looked already and found nothing to remove.
    const current = await remediations.load(remediationId);
    // Redis was lost in between: the policy carries its record, and the next sweep reads it from there.
    if (current === null) return;
    if (current.state === 'approved') throw new Error('the record changed while its policy was created; once more');
    if (current.objectUid === created.uid) return;
    const removed = await writer.remove(remediation.manifest, created.uid);
    log.warn(
      { remediationId, uid: created.uid, removed: removed.ok },
      'policy removed again: it was revoked meanwhile',
    );
  };
}
