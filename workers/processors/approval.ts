import { catalogue } from '../../src/errors.ts';
import type { People } from '../../src/ports.ts';
import { verifyDecision } from '../../src/remediation/decision.ts';
import { type Grants, groupsIn, mayApprove, type Permission, type Who } from '../../src/remediation/grants.ts';
import { manifestHash } from '../../src/remediation/hash.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { planRemediation } from '../../src/remediation/plan.ts';
import type { PlanDeps } from './propose.ts';

export interface ApprovalDeps extends PlanDeps {
  readonly decisionKey: string;
  readonly maximumMinutes: number;
  /** This process's own copy. */
  readonly grants: { current(): Grants };
  readonly people: Pick<People, 'membersOf'>;
  readonly clusterName: string;
}

/** Why an approved record is not applied, as one sentence; null when it is. */
export async function objectionTo(
  remediation: Remediation,
  now: Date,
  deps: ApprovalDeps,
  signal: AbortSignal,
): Promise<string | null> {
  return (await objectionToDecision(remediation, now, deps)) ?? objectionOfPlan(remediation, deps, signal);
}

/** Who decided, what, until when, and whether they may: nothing in the record is believed unproven. */
export async function objectionToDecision(
  remediation: Remediation,
  now: Date,
  deps: ApprovalDeps,
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

  const allowed = await permissionOf({ user: approver, channel, namespace: subject.namespace }, deps);
  return allowed.ok ? null : allowed.reason;
}

/** Groups are asked for only where the person's own name is not enough; Slack's silence is no answer, and no grant. */
async function permissionOf(
  who: Omit<Who, 'groups' | 'cluster'>,
  { grants, people, clusterName: cluster }: ApprovalDeps,
): Promise<Permission> {
  const current = grants.current();
  const byName = mayApprove(current, { ...who, cluster, groups: [] });
  if (byName.ok) return byName;
  const memberships = await Promise.all(
    groupsIn(current, 'approve').map(async (group) => ({ group, members: await people.membersOf(group) })),
  );
  const groups = memberships.flatMap(({ group, members }) => (members?.includes(who.user) ? [group] : []));
  const byGroup = mayApprove(current, { ...who, cluster, groups });
  if (byGroup.ok || memberships.every(({ members }) => members !== null)) return byGroup;
  throw new Error('Slack did not say who is in the user groups of the grants');
}

async function objectionOfPlan(
  {
    id,
    subject,
    destinations,
    requestedBy,
    requestId,
    expiresAt,
    breadth,
    manifest,
    manifestHash: approved,
  }: Remediation,
  deps: PlanDeps,
  signal: AbortSignal,
): Promise<string | null> {
  const reading = await deps.readForPlan(id, subject, signal);
  if (!reading.ok) return reading.sentence;
  // What an earlier attempt created before it died is no reason against creating it.
  const others = reading.policies.objects.filter(
    ({ kind, metadata }) => kind !== manifest.kind || metadata.name !== manifest.metadata.name,
  );
  const plan = planRemediation({
    ...{ id, requestedBy, requestId, destinations: destinations.filter(({ family }) => family === 6) },
    ...{ pod: reading.pod, pods: reading.pods, calico: reading.calico },
    policies: { ...reading.policies, objects: others },
    expiresAt: new Date(expiresAt ?? 0),
    breadth: breadth ?? 'all',
    protectedNamespaces: deps.protectedNamespaces,
  });
  if (!plan.ok) return plan.sentence;
  if (manifestHash(plan.manifest) === approved) return null;
  return 'The cluster has changed since this was approved, and so would the policy. Ask for it again to see the new one.';
}
