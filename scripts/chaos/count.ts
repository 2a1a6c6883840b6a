import type { AuditEntry } from '../../lab/contract.ts';

/** What a thread says when it is over; `stuck` is not over. */
export const ended = /Reverted: the cluster no longer has the policy|Not applied/;

/** What one run left behind, as the API server, the kernel, Slack and the audit trail have it. */
export interface RunCount {
  /** The lab API's own log of the run. */
  readonly audit: readonly AuditEntry[];
  /** What was written on the object last; null where none was ever seen. */
  readonly end: Date | null;
  readonly stands: boolean;
  /** Whether a new connection still finds the way that the policy opened. */
  readonly isOpen: boolean;
  /** Whether the audit trail verifies. */
  readonly isWhole: boolean;
  readonly kills: readonly string[];
  readonly missed: readonly string[];
  readonly isByReaper: boolean;
  /** Why the loop did not come to its end; null when it did. */
  readonly problem: string | null;
  /** As people see it, for whoever looks into a failure. */
  readonly thread: string;
}

export interface Counted {
  readonly runs: number;
  readonly leaked: number;
  readonly appliedTwice: number;
  readonly lost: number;
  readonly auditBroken: number;
  readonly maxOverrunS: number;
  readonly killsByPoint: Readonly<Record<string, number>>;
}

/** How late a policy may end, by the API server's clock. */
export const allowedOverrunS = { writer: 90, reaper: 150 } as const;

const policy = /^\/apis\/[^?]*policies/;
const isDone = ({ code }: AuditEntry) => code >= 200 && code < 300;

export function creationsIn(audit: readonly AuditEntry[]): AuditEntry[] {
  return audit.filter(
    (entry) => entry.verb === 'create' && isDone(entry) && policy.test(entry.path) && !entry.path.includes('dryRun='),
  );
}

/** Seconds from the end that was written on the object to its deletion; 0 where it was deleted in time. */
export function overrunOf({ audit, end }: Pick<RunCount, 'audit' | 'end'>): number {
  const gone = audit.findLast((entry) => entry.verb === 'delete' && isDone(entry) && policy.test(entry.path));
  if (end === null || gone === undefined) return 0;
  return Math.max(0, (new Date(gone.at).getTime() - end.getTime()) / 1_000);
}

export interface Faults {
  readonly leaked: boolean;
  readonly appliedTwice: boolean;
  readonly lost: boolean;
  readonly auditBroken: boolean;
}

export function faultsOf(run: RunCount): Faults {
  const allowed = allowedOverrunS[run.isByReaper ? 'reaper' : 'writer'];
  return {
    leaked: run.stands || run.isOpen || overrunOf(run) > allowed,
    appliedTwice: creationsIn(run.audit).length > 1,
    lost: run.problem !== null,
    auditBroken: !run.isWhole,
  };
}

export const isFaultless = (run: RunCount): boolean => !Object.values(faultsOf(run)).includes(true);

export function counted(runs: readonly RunCount[], names: readonly string[]): Counted {
  const number = (fault: keyof Faults) => runs.filter((run) => faultsOf(run)[fault]).length;
  const kills = runs.flatMap((run) => run.kills);
  const overrunS = Math.max(0, ...runs.map(overrunOf));
  return {
    ...{ runs: runs.length, leaked: number('leaked'), appliedTwice: number('appliedTwice'), lost: number('lost') },
    ...{ auditBroken: number('auditBroken'), maxOverrunS: Math.round(overrunS * 10) / 10 },
    killsByPoint: Object.fromEntries(names.map((name) => [name, kills.filter((kill) => kill === name).length])),
  };
}
