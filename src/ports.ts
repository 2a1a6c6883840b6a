import type { Report } from './diagnosis/report.ts';
import type { StoredObject } from './evidence/objects.ts';
import type { JobDefinition } from './jobs/job.ts';
import type { AuditWords } from './remediation/audit.ts';
import type { Remediation } from './remediation/lifecycle.ts';
import type { Verification } from './remediation/verification.ts';

/** What we ask of the outside. Adapters implement these; tests bring fakes. */
export interface Clock {
  now(): Date;
}

/** How an API request ended. Nothing is thrown for an answer that a caller must handle. */
export type ReadOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly reason:
        | 'not-found'
        | 'forbidden'
        | 'unauthorized'
        | 'absent-api'
        | 'conflict'
        | 'invalid'
        | 'throttled'
        | 'unavailable';
      /** HTTP status; 0 when there was no answer. */
      readonly status: number;
      /** The API server's own message, stripped of control characters. */
      readonly message: string;
    };

export type RawObject = Readonly<Record<string, unknown>>;

export interface ListQuery {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Stop after this many items; the outcome then says `isComplete: false`. */
  readonly limit?: number;
}

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOptions {
  /** Our own deadline: a stream that goes silent never ends by itself. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** The line that a complete run prints last; `Success` without it is a truncated run. */
  readonly endMarker: string;
  readonly onOutput?: (stdoutSoFar: string) => void;
}

/** Every way an exec can end. */
export type ExecOutcome =
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly ms: number;
    }
  | { readonly kind: 'command-not-found'; readonly detail: string }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number; readonly stdout: string }
  | { readonly kind: 'transport-failed'; readonly detail: string; readonly stdout: string }
  | { readonly kind: 'truncated'; readonly detail: string; readonly stdout: string }
  | { readonly kind: 'output-capped'; readonly bytes: number; readonly stdout: string }
  | { readonly kind: 'aborted' };

export interface ExecSession {
  /** Writes to the process's standard input; ignored once it has ended. */
  write(text: string): void;
  readonly done: Promise<ExecOutcome>;
}

export interface Cost {
  readonly execs: number;
  readonly apiRequests: number;
}

/** One run's access to a cluster. Paths are absolute API paths made of validated names. */
export interface ClusterSession {
  get(path: string): Promise<ReadOutcome<RawObject>>;
  list(
    path: string,
    query?: ListQuery,
  ): Promise<ReadOutcome<{ readonly items: readonly RawObject[]; readonly isComplete: boolean }>>;
  exec(target: ExecTarget, argv: readonly string[], options: ExecOptions): ExecSession;
  cost(): Cost;
}

export interface Cluster {
  /** The name that people type; DNS-1123. */
  readonly name: string;
  /** Every request of the session carries `id` in its User-Agent, so that an audit log can be read by run. */
  session(id: string, signal: AbortSignal): ClusterSession;
}

export interface PolicyWriter {
  create(manifest: StoredObject, options: { readonly dryRun: boolean }): Promise<ReadOutcome<StoredObject>>;
  get(manifest: StoredObject): Promise<ReadOutcome<StoredObject>>;
  /** Moves the end that is written on the object with this uid. */
  extend(manifest: StoredObject, uid: string, expiresAt: Date): Promise<ReadOutcome<StoredObject>>;
  /** Deletes only the object with this uid. */
  remove(manifest: StoredObject, uid: string): Promise<ReadOutcome<null>>;
  /** All objects with our label, of every kind that we may write. */
  listOurs(): Promise<ReadOutcome<readonly StoredObject[]>>;
  /** The API server's clock, from its Date header; null when it does not answer. */
  serverTime(): Promise<Date | null>;
}

export type Enqueued = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface Jobs {
  enqueue<P>(
    job: JobDefinition<P>,
    payload: P,
    options?: { readonly deadlineMs?: number; readonly delayMs?: number },
  ): Promise<Enqueued>;
}

/** Blocks are Slack's JSON; views make them, adapters carry them. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
  readonly metadata?: { readonly eventType: string; readonly payload: Readonly<Record<string, string>> };
}

export type PostOutcome =
  | { readonly ok: true; readonly ts: string }
  | {
      readonly ok: false;
      readonly reason:
        | 'not_in_channel'
        | 'channel_not_found'
        | 'is_archived'
        | 'message_not_found'
        | 'rate_limited'
        | 'unreachable'
        | 'refused';
      readonly detail: string;
    };

export interface Threads {
  post(place: { readonly channel: string; readonly threadTs?: string }, message: Message): Promise<PostOutcome>;
  update(place: { readonly channel: string; readonly ts: string }, message: Message): Promise<PostOutcome>;
  /** Reaches one person alone: through their command's response_url, else as an ephemeral, else as a direct message. */
  tell(
    person: { readonly channel: string; readonly user: string; readonly responseUrl?: string },
    message: Message,
  ): Promise<PostOutcome>;
}

/** What a run remembers between two attempts of its job, so that a second one repeats nothing in the thread. */
export interface RunRecord {
  readonly id: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly responseUrl: string | null;
  readonly cardTs: string | null;
  /** ts by the kind of reply: `broken`, `passed`. */
  readonly replies: Readonly<Record<string, string>>;
  /** What was asked, as one would type it, so that a button can ask it again. */
  readonly request?: string | undefined;
  /** What people call who asked. */
  readonly askedBy?: string | undefined;
}

export interface Runs {
  load(id: string): Promise<RunRecord | null>;
  /** Kept for a day. */
  save(run: RunRecord): Promise<void>;
  loadReport(id: string): Promise<Report | null>;
  saveReport(report: Report): Promise<void>;
}

export interface Remediations {
  load(id: string): Promise<Remediation | null>;
  /** Compare-and-set on `version`: of two people who decide at once, one wins. */
  save(next: Remediation, expectedVersion: number): Promise<'saved' | 'stale'>;
  /** All that are not in a final state. */
  open(): Promise<readonly Remediation[]>;
  loadVerification(id: string, version: number): Promise<Verification | null>;
  saveVerification(id: string, version: number, verification: Verification): Promise<void>;
}

export interface Audit {
  /** Appends one entry to the chain. */
  record(words: AuditWords): Promise<void>;
}

export interface Claims {
  /** True for the first caller of all replicas within the time, false for every later one. */
  claimOnce(key: string, ttlSeconds: number): Promise<boolean>;
}

export interface Person {
  readonly name: string;
  readonly teamId: string;
  readonly isGuest: boolean;
  readonly isBot: boolean;
  readonly isDeactivated: boolean;
}

/** Who and where somebody is, asked afresh each time. Null is Slack not saying, which allows nothing. */
export interface People {
  /** The team that the app is installed in. */
  ourTeam(): Promise<string | null>;
  person(user: string): Promise<Person | null>;
  membersOf(group: string): Promise<readonly string[] | null>;
  /** `unseen` is a channel that the app is not in and cannot look into: nothing can be posted there. */
  channel(id: string): Promise<'own' | 'externally-shared' | 'unseen' | null>;
}
