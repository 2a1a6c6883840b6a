import { catalogue } from '../../src/errors.ts';
import { verifyDecision } from '../../src/remediation/decision.ts';
import { manifestHash } from '../../src/remediation/hash.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { planRemediation } from '../../src/remediation/plan.ts';
import type { PlanDeps } from './propose.ts';

export type Permission = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface ApprovalDeps extends PlanDeps {
  readonly decisionKey: string;
  readonly maximumMinutes: number;
  /** By this process's own copy of the grants. */
  mayApprove(who: { user: string; channel: string; namespace: string }): Promise<Permission>;
}

/** Why an approved record is not applied, as one sentence; null when it is. Nothing in the record is believed unproven. */
export async function objectionTo(
  remediation: Remediation,
  now: Date,
  deps: ApprovalDeps,
  signal: AbortSignal,
): Promise<string | null> {
  const { id, decision, expiresAt, channel, subject, manifest } = remediation;
  if (!decision || expiresAt === null) return catalogue.DECISION_INVALID.say;

  const hash = manifestHash(manifest);
  const isSigned = verifyDecision(deps.decisionKey, id, decision);
  const isBound =
    decision.manifestHash === hash && remediation.manifestHash === hash && decision.expiresAt === expiresAt;
  const { approver } = decision;
  const isAnother = approver !== remediation.requestedBy && approver !== remediation.checkedBy;
  if (!isSigned || !isBound || !isAnother) return catalogue.DECISION_INVALID.say;
  if (new Date(expiresAt).getTime() > now.getTime() + deps.maximumMinutes * 60_000) {
    return `${catalogue.DECISION_INVALID.say} (it would last longer than the maximum)`;
  }

  const allowed = await deps.mayApprove({ user: approver, channel, namespace: subject.namespace });
  if (!allowed.ok) return allowed.reason;
  return objectionOfPlan(remediation, deps, signal);
}

async function objectionOfPlan(
  { id, subject, destinations, requestedBy, requestId, expiresAt, manifestHash: approved }: Remediation,
  deps: PlanDeps,
  signal: AbortSignal,
): Promise<string | null> {
  const reading = await deps.readForPlan(id, subject, signal);
  if (!reading.ok) return reading.sentence;
  const plan = planRemediation({
    ...{ id, requestedBy, requestId, destinations: destinations.filter(({ family }) => family === 6) },
    ...{ pod: reading.pod, pods: reading.pods, policies: reading.policies, calico: reading.calico },
    expiresAt: new Date(expiresAt ?? 0),
    protectedNamespaces: deps.protectedNamespaces,
  });
  if (!plan.ok) return plan.sentence;
  if (manifestHash(plan.manifest) === approved) return null;
  return 'The cluster has changed since this was approved, and so would the policy. Ask for it again to see the new one.';
}
