import type { Report } from '../../src/diagnosis/report.ts';
import { BotError, catalogue } from '../../src/errors.ts';
import type { Calico, PodObject, Policies } from '../../src/evidence/objects.ts';
import type { ProposePayload } from '../../src/jobs/remediate.ts';
import { remindJob, verifyJob } from '../../src/jobs/remediate.ts';
import type { PolicyWriter } from '../../src/ports.ts';
import { manifestHash } from '../../src/remediation/hash.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { planRemediation } from '../../src/remediation/plan.ts';
import { approvalCard } from '../../src/slack/views/approval.ts';
import { type DeskDeps, type Place, remediationDesk } from './desk.ts';
import { untilSecondCall } from './remind.ts';
import type { Turn } from './turn.ts';

export type Destinations = Remediation['destinations'];

/** What a plan is made of, read afresh; or the sentence that says why it could not be. */
export type PlanReading =
  | {
      readonly ok: true;
      readonly pod: PodObject;
      readonly pods: readonly PodObject[];
      readonly policies: Policies;
      readonly calico: Calico;
    }
  | { readonly ok: false; readonly sentence: string };

export interface PlanDeps {
  readonly writer: PolicyWriter;
  readonly protectedNamespaces: readonly string[];
  /** Throws BotError CLUSTER_UNAVAILABLE when asking again may help. */
  readForPlan(id: string, subject: Remediation['subject'], signal: AbortSignal): Promise<PlanReading>;
}

export interface ProposeDeps extends DeskDeps, PlanDeps {
  readonly ttlMinutes: number;
  readonly lapseMinutes: number;
  readonly approverGroup: string | null;
  /** What the run of this report tried to reach, both families. */
  destinationsOf(report: Report, signal: AbortSignal): Promise<Destinations>;
}

/** Reads afresh, simulates, dry-runs, and shows approvers what they would approve. */
export function proposeProcessor(deps: ProposeDeps) {
  const desk = remediationDesk(deps);
  const { remediations, runs, threads, clock, writer, log } = deps;

  /** The proposal, or the sentence that refuses it. */
  async function proposalFrom(payload: ProposePayload, signal: AbortSignal): Promise<Remediation | string> {
    const {
      remediationId: id,
      requestId,
      requestedBy,
      checkedBy,
      channel,
      threadTs,
      cluster,
      breadth,
      names,
    } = payload;
    const report = await runs.loadReport(requestId);
    if (!report || report.request.cluster !== cluster) return catalogue.REPORT_NOT_FOUND.say;

    const { namespace, pod, uid } = report.subject;
    const subject = { namespace, pod, uid };
    const reading = await deps.readForPlan(id, subject, signal);
    if (!reading.ok) return reading.sentence;
    const destinations = await deps.destinationsOf(report, signal);
    const now = clock.now();
    const plan = planRemediation({
      ...{ id, requestedBy, requestId, breadth, destinations: destinations.filter(({ family }) => family === 6) },
      ...{ pod: reading.pod, pods: reading.pods, policies: reading.policies, calico: reading.calico },
      expiresAt: after(now, deps.ttlMinutes),
      protectedNamespaces: deps.protectedNamespaces,
    });
    if (!plan.ok) return plan.sentence;

    const rehearsed = await writer.create(plan.manifest, { dryRun: true });
    if (!rehearsed.ok) {
      if (mayPass(rehearsed.reason)) throw new BotError('CLUSTER_UNAVAILABLE', rehearsed.message);
      return new BotError('POLICY_REFUSED', rehearsed.message).say;
    }
    return {
      ...{ id, version: 0, state: 'proposed', cluster, requestId, subject, destinations },
      ...{ manifest: plan.manifest, manifestHash: manifestHash(plan.manifest) },
      ...{ pods: [...plan.pods], opens: [...plan.opens], staysShut: [...plan.staysShut] },
      ...{ checkedBy, requestedBy, channel, threadTs, cardTs: null, ttlMinutes: deps.ttlMinutes, breadth, names },
      ...{ proposedAt: now.toISOString(), lapsesAt: after(now, deps.lapseMinutes).toISOString() },
      ...{ expiresAt: null, objectUid: null, decision: null, log: [] },
    };
  }

  async function showCard(remediation: Remediation): Promise<void> {
    const { channel, threadTs, opens = [], staysShut = [] } = remediation;
    // What the same probe sees without the policy: what comes to be after it is judged against this.
    await desk.next(verifyJob, { ...remediation, version: 0 });
    await desk.next(remindJob, { ...remediation, version: 0 }, { delayMs: untilSecondCall });
    const group = deps.approverGroup === null ? {} : { approverGroup: deps.approverGroup };
    const posted = await threads.post({ channel, threadTs }, approvalCard(remediation, { opens, staysShut, ...group }));
    if (!posted.ok) throw new Error(`Slack did not take the approval card: ${posted.reason} ${posted.detail}`);
    // Somebody may press the button before its card is noted: then the note goes onto what they made of the record.
    for (let current: Remediation | null = remediation; current?.cardTs === null; ) {
      const noted: Remediation = { ...current, cardTs: posted.ts, version: current.version + 1 };
      if ((await remediations.save(noted, current.version)) === 'saved') return;
      current = await remediations.load(remediation.id);
    }
  }

  return async (payload: ProposePayload, { signal, isLast }: Turn): Promise<void> => {
    const place: Place = { ...payload, id: payload.remediationId };
    try {
      const known = await desk.load(payload.remediationId);
      if (known) return known.state === 'proposed' && known.cardTs === null ? await showCard(known) : undefined;

      const proposal = await proposalFrom(payload, signal);
      if (typeof proposal === 'string') return await desk.refuse(place, proposal);
      if ((await remediations.save(proposal, -1)) === 'saved') await showCard(proposal);
    } catch (error) {
      // What no further attempt would mend is said at once: the queue takes it off without one.
      const mayPassYet = !(error instanceof BotError) || error.retry;
      if (signal.aborted || (!isLast && mayPassYet)) throw error;
      log.error({ err: error, remediationId: place.id }, 'policy could not be proposed');
      const reason = error instanceof BotError ? error.say : 'The temporary policy could not be proposed.';
      await desk.refuse(place, `${reason} Ask for it again.`);
    }
  };
}

/** Whether the same request may get another answer later. */
export function mayPass(reason: string): boolean {
  return reason === 'unavailable' || reason === 'throttled';
}

function after(now: Date, minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}
