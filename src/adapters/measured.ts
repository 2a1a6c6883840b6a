import type { Report } from '../diagnosis/report.ts';
import { BotError } from '../errors.ts';
import type { StoredObject } from '../evidence/objects.ts';
import type { Audit, Clock, Cluster, ExecTarget, PolicyWriter } from '../ports.ts';
import { expiryOf, isOurs } from '../remediation/manifest.ts';
import type { Metrics } from './metrics.ts';
import type { JobDelivery } from './worker.ts';

/** How late an end may be by what the product promises. */
export const graceMs = 90_000;

const secondsSince = (start: number): number => (performance.now() - start) / 1_000;

/** Every change of a record's state passes here, and an entry that is not stored is an alert. */
export function measuredAudit(audit: Audit, metrics: Pick<Metrics, 'auditFailures' | 'remediationEvents'>): Audit {
  return {
    async record(words) {
      const { cluster, action: event, after } = words;
      if (after !== null) metrics.remediationEvents.inc({ cluster, event });
      try {
        await audit.record(words);
      } catch (error) {
        metrics.auditFailures.inc();
        throw error;
      }
    },
  };
}

/** Times every attempt at a job; one that fails may be tried again. */
export function measuredHandle(
  handle: (delivery: JobDelivery, signal: AbortSignal) => Promise<unknown>,
  { jobs, jobSeconds }: Pick<Metrics, 'jobs' | 'jobSeconds'>,
): typeof handle {
  return async (delivery, signal) => {
    const { name: job } = delivery;
    const start = performance.now();
    try {
      const result = await handle(delivery, signal);
      jobs.inc({ job, result: 'done' });
      return result;
    } catch (error) {
      jobs.inc({ job, result: signal.aborted ? 'stopped' : 'failed' });
      throw error;
    } finally {
      jobSeconds.observe({ job }, secondsSince(start));
    }
  };
}

/** Counts checks by their verdict; one that could not be made counts under the code of what stopped it. */
export function measuredDiagnosis<R>(
  diagnose: (request: R, signal: AbortSignal) => Promise<Report>,
  cluster: string,
  { runs, runSeconds }: Pick<Metrics, 'runs' | 'runSeconds'>,
): typeof diagnose {
  return async (request, signal) => {
    const start = performance.now();
    const count = (outcome: string, cause: string): void => {
      runs.inc({ cluster, outcome, cause });
      runSeconds.observe({ cluster, outcome }, secondsSince(start));
    };
    try {
      const report = await diagnose(request, signal);
      count(report.verdict.outcome, report.verdict.cause ?? 'none');
      return report;
    } catch (error) {
      // A stopped run is made again elsewhere, and counted there.
      if (!signal.aborted) count('failed', error instanceof BotError ? error.code : 'crashed');
      throw error;
    }
  };
}

/** Times every exec. Calico's container is a node's view, every other one a pod's. */
export function measuredCluster(cluster: Cluster, { probeSeconds }: Pick<Metrics, 'probeSeconds'>): Cluster {
  const whereIs = ({ container }: ExecTarget): string => (container === 'calico-node' ? 'node' : 'pod');
  return {
    name: cluster.name,
    session(id, signal) {
      const session = cluster.session(id, signal);
      return {
        ...session,
        exec(target, argv, options) {
          const start = performance.now();
          const run = session.exec(target, argv, options);
          void run.done.then(({ kind: end }) => {
            probeSeconds.observe({ cluster: cluster.name, where: whereIs(target), end }, secondsSince(start));
          });
          return run;
        },
      };
    },
  };
}

export interface MeasuredWriter extends PolicyWriter {
  /** Policies that stood when they were last listed and are past their end by more than the grace now. */
  overdue(): number;
}

/** Remembers what stands in the cluster, so that a policy that outlives its end shows even when sweeps have stopped. */
export function measuredWriter(
  writer: PolicyWriter,
  { cluster, clock, maximumMinutes }: { cluster: string; clock: Clock; maximumMinutes: number },
  { lastSweep }: Pick<Metrics, 'lastSweep'>,
): MeasuredWriter {
  let standing: readonly StoredObject[] = [];
  // Never is very long ago.
  lastSweep.set({ cluster }, 0);
  return {
    ...writer,
    async listOurs() {
      const listed = await writer.listOurs();
      if (listed.ok) {
        standing = listed.value.filter(isOurs);
        lastSweep.set({ cluster }, clock.now().getTime() / 1_000);
      }
      return listed;
    },
    async remove(manifest, uid) {
      const removed = await writer.remove(manifest, uid);
      if (removed.ok) standing = standing.filter(({ metadata }) => metadata.uid !== uid);
      return removed;
    },
    overdue() {
      const latest = clock.now().getTime() - graceMs;
      return standing.filter((object) => endOf(object, maximumMinutes) < latest).length;
    },
  };
}

/** What has no readable end was over when it was made. */
function endOf(object: StoredObject, maximumMinutes: number): number {
  const end = expiryOf(object, maximumMinutes);
  if (end !== 'expired') return end.getTime();
  const { creationTimestamp } = object.metadata;
  const born = new Date(typeof creationTimestamp === 'string' ? creationTimestamp : Number.NaN).getTime();
  return Number.isNaN(born) ? 0 : born;
}

/** Counts sweeps by what they came to. */
export function measuredSweep<S extends { readonly failed: readonly string[] }>(
  sweep: () => Promise<S>,
  cluster: string,
  { sweeps }: Pick<Metrics, 'sweeps'>,
): typeof sweep {
  return async () => {
    try {
      const swept = await sweep();
      sweeps.inc({ cluster, result: swept.failed.length === 0 ? 'done' : 'incomplete' });
      return swept;
    } catch (error) {
      sweeps.inc({ cluster, result: 'failed' });
      throw error;
    }
  };
}
