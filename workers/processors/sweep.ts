import type { StoredObject } from '../../src/evidence/objects.ts';
import type { JobDefinition } from '../../src/jobs/job.ts';
import { applyJob, revertJob, type StepPayload, verifyJob } from '../../src/jobs/remediate.ts';
import type { PolicyWriter } from '../../src/ports.ts';
import { type EventName, isFinal, type Remediation, type State } from '../../src/remediation/lifecycle.ts';
import { objectName } from '../../src/remediation/manifest.ts';
import { remediationDesk } from './desk.ts';
import { expiredEnder } from './expired.ts';
import { type RebuildDeps, rebuilder } from './rebuild.ts';

export interface SweepDeps extends RebuildDeps {
  readonly writer: PolicyWriter;
  readonly maximumMinutes: number;
  /** What a standing policy of ours has come to do that it must not, as a sentence; null when it does no harm. */
  harmOf(object: StoredObject, signal: AbortSignal): Promise<string | null>;
  /** A step that has not been taken for this long lost its job. */
  readonly overdueMs?: number;
}

export interface Swept {
  readonly removed: readonly string[];
  readonly failed: readonly string[];
  /** Null when the store did not answer: then only the cluster was swept. */
  readonly open: number | null;
}

/** The step that a record in this state waits for. */
const awaitedStep: Readonly<Partial<Record<State, JobDefinition<StepPayload>>>> = {
  approved: applyJob,
  verifying: verifyJob,
  reverting: revertJob,
  stuck: revertJob,
};

/** Looking for harm must not keep a sweep from its main work. */
const harmPatienceMs = 8_000;

/** Ends what is over, from the cluster alone; then, if the store answers, sees to records whose next step was lost. */
export function sweeper(deps: SweepDeps) {
  const desk = remediationDesk(deps);
  const { remediations, writer, clock, log, overdueMs = 60_000 } = deps;
  const { endExpired, removeNow } = expiredEnder(deps);
  const rebuild = rebuilder(deps);
  /** Removed while the store was away, so that no record has heard of it. */
  let unnoted: readonly StoredObject[] = [];

  /** Ends a record whose policy the sweep has removed or found missing; the revert job then proves that. */
  async function end(remediation: Remediation, note: string): Promise<void> {
    const event: EventName = remediation.state === 'approved' ? 'lapse' : 'expire';
    const moved = await desk.move(remediation, event, { by: 'sweep', note });
    if (moved) await desk.next(revertJob, moved);
  }

  async function attend(remediation: Remediation, seen: readonly StoredObject[] | null): Promise<void> {
    const now = clock.now().getTime();
    const { state, lapsesAt, expiresAt, log: history, proposedAt, objectUid, manifest } = remediation;
    const sinceMs = now - new Date(history.at(-1)?.at ?? proposedAt).getTime();

    if (state === 'proposed') {
      if (now < new Date(lapsesAt).getTime()) return;
      const lapsed = await desk.move(remediation, 'lapse', { by: 'clock' });
      return lapsed ? desk.redraw(lapsed) : undefined;
    }
    if (state === 'active') {
      if (now >= new Date(expiresAt ?? 0).getTime()) return end(remediation, '');
      const isMissing = seen !== null && !seen.some(({ metadata }) => metadata.uid === objectUid);
      // The list may be older than the record, and may lack a kind that was not listed.
      if (!isMissing || sinceMs < overdueMs) return;
      const found = await writer.get(manifest);
      if (!found.ok && found.reason === 'not-found') await end(remediation, 'The policy is no longer in the cluster.');
      return;
    }
    const step = awaitedStep[state];
    // Counted from the time, so that all writers' sweeps ask for one and the same job.
    if (step && sinceMs >= overdueMs) await desk.next(step, remediation, { attempt: Math.floor(sinceMs / overdueMs) });
  }

  /** Reverts at once what has come to cut IPv4, whatever time it had left. */
  async function endHarmful(standing: readonly StoredObject[]): Promise<StoredObject[]> {
    const looked = await Promise.all(
      standing.map(async (object) => {
        const harm = await deps.harmOf(object, AbortSignal.timeout(harmPatienceMs)).catch(() => null);
        if (harm === null) return [];
        log.error({ alert: true, object: objectName(object), harm }, 'our policy does harm and is removed');
        const isGone = await removeNow(object);
        const record = isGone ? await desk.load(remediationOf(object)).catch(() => null) : null;
        if (record && record.state !== 'reverting' && record.state !== 'stuck' && !isFinal(record.state)) {
          await end(record, harm).catch((err: unknown) => log.error({ err }, 'harmful policy removed and not noted'));
        }
        return isGone ? [object] : [];
      }),
    );
    return looked.flat();
  }

  async function sweepStore(seen: readonly StoredObject[] | null, removed: readonly StoredObject[]): Promise<number> {
    for (const object of removed) {
      const record = (await desk.load(remediationOf(object))) ?? (await rebuild(object, { isGone: true }));
      if (record && (record.state === 'active' || record.state === 'verifying' || record.state === 'approved')) {
        await end(record, '');
      }
    }
    for (const object of seen ?? []) {
      if (removed.includes(object)) continue;
      const record = (await desk.load(remediationOf(object))) ?? (await rebuild(object, { isGone: false }));
      // Created by a step that died before it could see that its record had ended.
      if (record && isFinal(record.state)) await removeNow(object);
    }
    const open = (await remediations.open()).filter((record) => record.cluster === deps.clusterName);
    for (const record of open) {
      await attend(record, seen).catch((error: unknown) => {
        log.error({ err: error, remediationId: record.id }, 'sweep could not attend to a remediation');
      });
    }
    return open.length;
  }

  return async (): Promise<Swept> => {
    const swept = await endExpired();
    const { seen = null, removed: expired = [], failed = [] } = swept ?? {};
    const harmful = await endHarmful((seen ?? []).filter((object) => !expired.includes(object)));
    const removed = [...expired, ...harmful];
    unnoted = [...unnoted, ...removed];
    const noting = unnoted;
    const open = await sweepStore(seen, noting).catch((error: unknown) => {
      log.warn({ err: error }, 'sweep of the cluster alone: the store does not answer');
      return null;
    });
    if (open !== null) unnoted = unnoted.filter((object) => !noting.includes(object));
    return { removed: removed.map(objectName), failed: failed.map(objectName), open };
  };
}

function remediationOf({ metadata }: StoredObject): string {
  return metadata.labels?.['ipv6check.dev/remediation'] ?? '';
}
