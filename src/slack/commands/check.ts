import { randomUUID } from 'node:crypto';
import { diagnoseJob } from '../../jobs/diagnose.ts';
import type { Destination, Target } from '../../jobs/job.ts';
import { destinationText, namespaceOf, targetText } from '../../jobs/request-text.ts';
import { authorise } from '../authorise.ts';
import type { Asker, BotDeps } from '../deps.ts';

export interface CheckRequest {
  /** Null where none was named: the default. */
  readonly cluster: string | null;
  readonly target: Target;
  readonly destination: Destination | null;
}

/** A command is answered within a second even when Redis is not. */
const deadlineMs = 800;

/** Starts a run and leaves the rest to a prober; null, or the sentence that says why none was started. */
export async function startCheck(
  deps: BotDeps,
  asker: Asker,
  { cluster: named, target, destination }: CheckRequest,
): Promise<string | null> {
  const [byDefault = ''] = deps.clusters;
  const cluster = named ?? byDefault;
  if (!deps.clusters.includes(cluster)) {
    return `There is no cluster "${cluster}" here. Known: ${deps.clusters.join(', ')}.`;
  }
  const allowed = await authorise(deps, asker, { cluster, namespace: namespaceOf(target) }, 'check');
  if (!allowed.ok) return allowed.reason;

  const { user: requestedBy, channel, responseUrl } = asker;
  const requestId = randomUUID();
  // The response_url is a secret of this person's, so it stays in the store and out of the queue.
  const request = requestText(cluster, target, destination);
  const run = { id: requestId, channel, requestedBy, responseUrl, cardTs: null, replies: {}, request };
  await deps.runs.save({ ...run, askedBy: asker.name });
  const team = asker.teamId ?? '';
  const payload = { v: 1 as const, requestId, cluster, target, destination, team, channel, requestedBy };
  const queued = await deps.jobs.enqueue(diagnoseJob, payload, { deadlineMs });
  deps.log.info({ requestId, request, user: requestedBy, channel, queued: queued.ok }, 'check asked for');
  return queued.ok ? null : queued.reason;
}

/** As one would type it, so that the same parser reads it when it is asked again. */
export function requestText(cluster: string, target: Target, destination: Destination | null): string {
  const subject = `${cluster}:${targetText(target)}`;
  return destination === null ? subject : `${subject} to ${destinationText(destination)}`;
}
