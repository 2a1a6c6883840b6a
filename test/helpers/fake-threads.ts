import type { Message, PostOutcome, Threads } from '../../src/ports.ts';

type Failure = Extract<PostOutcome, { ok: false }>;

export interface Shown {
  readonly channel: string;
  readonly threadTs: string | null;
  readonly ts: string;
  text: string;
  edits: number;
}

export interface FakeThreads extends Threads {
  /** All messages that the channel shows, in their present words. */
  readonly shown: Shown[];
  readonly told: { readonly user: string; readonly text: string; readonly responseUrl: string | null }[];
  /** Fails the next calls of one kind; `for ever` until it is cleared. */
  fail(call: 'post' | 'update' | 'tell', reason: Failure['reason'], times?: number): void;
  textsIn(threadTs: string): string[];
}

export function fakeThreads(): FakeThreads {
  const shown: Shown[] = [];
  const told: { user: string; text: string; responseUrl: string | null }[] = [];
  const failures: { call: string; reason: Failure['reason']; left: number }[] = [];

  function failureOf(call: string): Failure | null {
    const failure = failures.find((each) => each.call === call && each.left > 0);
    if (!failure) return null;
    failure.left -= 1;
    return { ok: false, reason: failure.reason, detail: failure.reason };
  }

  return {
    shown,
    told,
    fail: (call, reason, times = 1) => void failures.push({ call, reason, left: times }),
    textsIn: (threadTs) => shown.filter((each) => each.threadTs === threadTs).map(({ text }) => text),

    async post({ channel, threadTs = null as string | null }, message) {
      const failure = failureOf('post');
      if (failure) return failure;
      const ts = `1700000000.${String(shown.length + 1).padStart(6, '0')}`;
      shown.push({ channel, threadTs: threadTs ?? null, ts, text: textOf(message), edits: 0 });
      return { ok: true, ts };
    },
    async update({ channel, ts }, message) {
      const failure = failureOf('update');
      if (failure) return failure;
      const target = shown.find((each) => each.channel === channel && each.ts === ts);
      if (!target) return { ok: false, reason: 'message_not_found', detail: 'message_not_found' };
      target.text = textOf(message);
      target.edits += 1;
      return { ok: true, ts };
    },
    async tell({ user, responseUrl }, message) {
      const failure = failureOf('tell');
      if (failure) return failure;
      told.push({ user, text: textOf(message), responseUrl: responseUrl ?? null });
      return { ok: true, ts: '' };
    },
  };
}

/** What Slack refuses from everybody: a message without text or blocks. */
function textOf({ text, blocks }: Message): string {
  if (text === '' || blocks.length === 0) throw new Error('a message needs text and blocks');
  return text;
}
