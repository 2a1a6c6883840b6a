import type { Message, PostOutcome, RunRecord, Runs, Threads } from '../../src/ports.ts';
import { refusalMessage } from '../../src/slack/views/refusal.ts';
import type { Log } from './log.ts';
import { type Persistence, persistently } from './persistently.ts';

export interface RunThreadDeps {
  readonly threads: Threads;
  readonly runs: Runs;
  readonly log: Log;
  readonly persistence?: Persistence;
}

type Failure = Extract<PostOutcome, { ok: false }>;

/** What the person can do about a card that could not be shown where they asked. */
const repairs: Readonly<Partial<Record<Failure['reason'], string>>> = {
  not_in_channel: 'This answer could not be posted in the channel. `/invite @ipv6check` there lets the next one in.',
  channel_not_found: 'This answer could not be posted in the channel. `/invite @ipv6check` there lets the next one in.',
  is_archived: 'This answer could not be posted: the channel is archived. Run the check in another one.',
  message_not_found: 'The card of this check was deleted. Run the check again for a new one.',
};

/** One run's place in Slack. Every `ts` is noted at once, so that a second attempt of the job repeats nothing. */
export function runThread({ threads, runs, log, persistence }: RunThreadDeps, initial: RunRecord) {
  let run = initial;

  async function note(next: RunRecord): Promise<void> {
    run = next;
    const isNoted = await persistently(() => runs.save(next), persistence);
    if (!isNoted) log.error({ runId: run.id }, 'a message could not be noted and may be repeated');
  }

  /** Edits the card, or posts it when there is none yet. */
  async function place(message: Message): Promise<PostOutcome> {
    if (run.cardTs !== null) return threads.update({ channel: run.channel, ts: run.cardTs }, message);
    const posted = await threads.post({ channel: run.channel }, message);
    if (posted.ok) await note({ ...run, cardTs: posted.ts });
    return posted;
  }

  function tell(message: Message): Promise<PostOutcome> {
    const { channel, requestedBy: user, responseUrl } = run;
    return threads.tell({ channel, user, ...(responseUrl === null ? {} : { responseUrl }) }, message);
  }

  return {
    /** Shows that work has begun; a failure here is met again, and answered, by `conclude`. */
    async begin(message: Message): Promise<void> {
      if (run.cardTs !== null) return;
      const placed = await place(message);
      if (!placed.ok) log.warn({ runId: run.id, reason: placed.reason, detail: placed.detail }, 'card not posted');
    },

    /** The run's answer: on the card, else to the person alone with the line that repairs it. */
    async conclude(message: Message, { isLast }: { readonly isLast: boolean }): Promise<'card' | 'person'> {
      const placed = await place(message);
      if (placed.ok) return 'card';

      const repair = repairs[placed.reason];
      if (isTransient(placed) && !isLast) {
        throw new Error(`Slack did not take the card: ${placed.reason} ${placed.detail}`);
      }
      const told = await tell(withLine(message, repair ?? 'Slack did not take this answer in the channel.'));
      if (!told.ok) {
        log.error({ runId: run.id, reason: told.reason, detail: told.detail }, 'answer reached nobody');
        if (!isLast) throw new Error(`Slack did not take the answer: ${told.reason} ${told.detail}`);
      }
      return 'person';
    },

    async reply(kind: string, message: Message | null, { isLast }: { readonly isLast: boolean }): Promise<void> {
      if (message === null || run.cardTs === null || run.replies[kind] !== undefined) return;
      const posted = await threads.post({ channel: run.channel, threadTs: run.cardTs }, message);
      if (posted.ok) return note({ ...run, replies: { ...run.replies, [kind]: posted.ts } });
      if (isTransient(posted) && !isLast) throw new Error(`Slack did not take the ${kind} reply: ${posted.detail}`);
      log.warn({ runId: run.id, kind, reason: posted.reason, detail: posted.detail }, 'reply not posted');
    },

    tell,
  };
}

function isTransient({ reason }: Failure): boolean {
  return reason === 'rate_limited' || reason === 'unreachable';
}

/** The message with one sentence below it. */
function withLine(message: Message, line: string): Message {
  return { text: `${message.text}\n${line}`, blocks: [...message.blocks, ...refusalMessage(line).blocks] };
}
