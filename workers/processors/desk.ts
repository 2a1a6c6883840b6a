import { BotError } from '../../src/errors.ts';
import type { JobDefinition } from '../../src/jobs/job.ts';
import type { StepPayload } from '../../src/jobs/remediate.ts';
import type { Clock, Jobs, Message, Remediations, Runs, Threads } from '../../src/ports.ts';
import { advance, type EventName, type Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';
import { decidedCard } from '../../src/slack/views/approval.ts';
import { progressReply } from '../../src/slack/views/progress.ts';
import { refusalMessage } from '../../src/slack/views/refusal.ts';
import type { Log } from './log.ts';

export interface DeskDeps {
  readonly remediations: Remediations;
  readonly runs: Runs;
  readonly threads: Threads;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  /** The one cluster of this process; a record of another is not ours to act on. */
  readonly clusterName: string;
}

type Progress = Parameters<typeof progressReply>[1];
/** `kind` tells one reply from another of its sort, where there may be several. */
type ProgressExtra = { readonly verification?: Verification; readonly detail?: string; readonly kind?: string };

/** What every step of a remediation does: load its record, move it, have the next step done, and say so once. */
export function remediationDesk(deps: DeskDeps) {
  const { remediations, runs, threads, jobs, clock, log, clusterName: cluster } = deps;

  async function postOnce(place: Place, kind: string, message: Message): Promise<void> {
    const { id, channel, threadTs, requestedBy } = place;
    const noted = await runs.load(id);
    const run = noted ?? { id, channel, requestedBy, responseUrl: null, cardTs: null, replies: {} };
    if (run.replies[kind] !== undefined) return;

    const posted = await threads.post({ channel, threadTs }, message);
    if (!posted.ok && (posted.reason === 'rate_limited' || posted.reason === 'unreachable')) {
      throw new Error(`Slack did not take the ${kind} message: ${posted.detail}`);
    }
    const told = posted.ok ? posted : await threads.tell({ channel, user: requestedBy }, message);
    if (!told.ok) log.error({ remediationId: id, kind, reason: told.reason }, 'a message reached nobody');
    await runs.save({ ...run, replies: { ...run.replies, [kind]: told.ok ? told.ts : '' } });
  }

  return {
    async load(id: string): Promise<Remediation | null> {
      const found = await remediations.load(id);
      return found?.cluster === cluster ? found : null;
    },

    /** Null when the event does not fit the state, or somebody else was faster: the record says what to do then. */
    async move(
      current: Remediation,
      event: EventName,
      { by = 'writer', note = '', patch = {} }: { by?: string; note?: string; patch?: Partial<Remediation> } = {},
    ): Promise<Remediation | null> {
      const step = advance(current, event, by, clock.now(), note);
      if (!step.ok) return null;
      const next = { ...step.next, ...patch };
      if ((await remediations.save(next, current.version)) === 'stale') return null;
      log.info({ remediationId: next.id, event, by, state: next.state, version: next.version }, 'remediation moved');
      return next;
    },

    async next(
      job: JobDefinition<StepPayload>,
      { id: remediationId, version }: Remediation,
      { attempt = 0, delayMs = 0 }: { attempt?: number; delayMs?: number } = {},
    ): Promise<void> {
      const queued = await jobs.enqueue(job, { v: 1, remediationId, cluster, version, attempt }, { delayMs });
      if (!queued.ok) throw new BotError('REDIS_UNAVAILABLE', queued.reason);
    },

    /** One reply in the thread per kind and remediation; a person who cannot see the thread gets it alone. */
    announce(remediation: Remediation, what: Progress, extra: ProgressExtra = {}): Promise<void> {
      return postOnce(remediation, extra.kind ?? what, progressReply(remediation, what, extra));
    },

    say(remediation: Remediation, kind: string, message: Message): Promise<void> {
      return postOnce(remediation, kind, message);
    },

    refuse(place: Place, sentence: string): Promise<void> {
      return postOnce(place, 'refusal', refusalMessage(sentence));
    },

    /** The card in its present state: no button survives the state that it belongs to. */
    async redraw(remediation: Remediation): Promise<void> {
      const { channel, cardTs: ts, opens = [], staysShut = [] } = remediation;
      if (ts === null) return;
      const drawn = await threads.update({ channel, ts }, decidedCard(remediation, { opens, staysShut }));
      if (!drawn.ok) log.warn({ remediationId: remediation.id, reason: drawn.reason }, 'card not redrawn');
    },
  };
}

export type Desk = ReturnType<typeof remediationDesk>;

export interface Place {
  readonly id: string;
  readonly channel: string;
  readonly threadTs: string;
  readonly requestedBy: string;
}
