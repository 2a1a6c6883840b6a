import { z } from 'zod';
import { DnsLabel, defineJob } from './job.ts';

const RemediationId = z.string().regex(/^r[a-z0-9]{19}$/);

/** Someone asked for a temporary policy: read afresh, simulate, dry-run, and show the card to approvers. */
export const ProposePayload = z.strictObject({
  v: z.literal(1),
  remediationId: RemediationId,
  cluster: DnsLabel,
  requestId: z.uuid(),
  team: z.string(),
  channel: z.string(),
  threadTs: z.string(),
  checkedBy: z.string(),
  requestedBy: z.string(),
  /** What people call those two, by their ids. */
  names: z.record(z.string(), z.string()),
  /** All of IPv6, or the destination that the check named. */
  breadth: z.enum(['all', 'destination']),
});
export type ProposePayload = z.infer<typeof ProposePayload>;

/** One step of a remediation. `version` is the record's, so that a step repeated under a newer version is another job. */
export const StepPayload = z.strictObject({
  v: z.literal(1),
  remediationId: RemediationId,
  cluster: DnsLabel,
  version: z.int().min(0),
  /** Counts the sweep's own attempts at one version. */
  attempt: z.int().min(0),
});
export type StepPayload = z.infer<typeof StepPayload>;

const once = { attempts: 5, backoffMs: 1_000, keepCompletedSeconds: 0 } as const;

export const proposeJob = defineJob<ProposePayload>({
  name: 'propose',
  queue: ({ cluster }) => `remediate-${cluster}`,
  payload: ProposePayload,
  options: once,
  idOf: ({ remediationId }) => `propose-${remediationId}`,
});

function stepJob(name: string, kind: 'remediate' | 'probe') {
  return defineJob<StepPayload>({
    name,
    queue: ({ cluster }) => `${kind}-${cluster}`,
    payload: StepPayload,
    options: once,
    idOf: ({ remediationId, version, attempt }) => `${name}-${remediationId}-${version}-${attempt}`,
  });
}

/** The writer creates the approved policy. */
export const applyJob = stepJob('apply', 'remediate');
/** A prober runs the failing probe again and leaves a Verification in the store. */
export const verifyJob = stepJob('verify', 'probe');
/** The writer reads the Verification and keeps or reverts the policy, or proves its end. */
export const settleJob = stepJob('settle', 'remediate');
/** The writer moves the end of a policy that stands, as a second person approved. */
export const extendJob = stepJob('extend', 'remediate');
/** Five minutes later: nobody has decided yet; or five minutes before the end: extend, or let it go. */
export const remindJob = stepJob('remind', 'remediate');
/** The writer removes the policy: delayed until it expires, or at once when it is revoked. */
export const revertJob = stepJob('revert', 'remediate');
