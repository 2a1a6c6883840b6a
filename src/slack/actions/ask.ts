import { randomBytes } from 'node:crypto';
import { catalogue } from '../../errors.ts';
import { proposeJob } from '../../jobs/remediate.ts';
import type { Breadth } from '../../remediation/plan.ts';
import { authorise } from '../authorise.ts';
import type { BotDeps, Press } from '../deps.ts';

/** How long a second press of the same card's button waits for what the first one started. */
const settlingSeconds = 30;

/** Has a writer plan and show the policy that would help; null, or why not. */
export async function askForPolicy(deps: BotDeps, press: Press, breadth: Breadth): Promise<string | null> {
  const requestId = press.value;
  const [report, run] = await Promise.all([deps.runs.loadReport(requestId), deps.runs.load(requestId)]);
  if (!report || !run || run.cardTs === null || run.channel !== press.channel) {
    return `${catalogue.REPORT_NOT_FOUND.say} Run the check again.`;
  }
  const { cluster } = report.request;
  const { namespace } = report.subject;
  if (!deps.clusters.includes(cluster)) return `There is no cluster "${cluster}" here any more.`;
  const allowed = await authorise(deps, press, { cluster, namespace }, 'ask');
  if (!allowed.ok) return allowed.reason;
  if (breadth === 'destination' && report.request.destination === null) return 'That check named no destination.';
  if (!report.remediation.offered) return report.remediation.refusal ?? 'No temporary policy would help here.';

  const open = await deps.remediations.open();
  if (open.some((remediation) => remediation.requestId === requestId)) {
    return 'A temporary policy has already been asked for; it is in the thread of this check.';
  }
  if (!(await deps.claims.claimOnce(`propose-${requestId}`, settlingSeconds))) {
    return 'A temporary policy was asked for a moment ago. If the thread of this check shows none in half a minute, ask again.';
  }
  const { channel, teamId: team = '', user: requestedBy } = press;
  const names = {
    ...(run.askedBy === undefined ? {} : { [run.requestedBy]: run.askedBy }),
    ...(press.name === undefined ? {} : { [requestedBy]: press.name }),
  };
  const remediationId = newRemediationId();
  const words = { v: 1 as const, remediationId, cluster, requestId, team, channel };
  const payload = { ...words, threadTs: run.cardTs, checkedBy: run.requestedBy, requestedBy, breadth, names };
  const queued = await deps.jobs.enqueue(proposeJob, payload);
  deps.log.info({ remediationId, requestId, by: requestedBy, queued: queued.ok }, 'policy asked for');
  return queued.ok ? null : queued.reason;
}

/** Opaque, fit for an object's name, and not to be guessed. */
function newRemediationId(): string {
  return `r${Array.from(randomBytes(19), (byte) => (byte % 36).toString(36)).join('')}`;
}
