import type { Changes } from './changes.ts';
import { type Tokens, tokensOf } from './mentions.ts';

export interface Block {
  readonly type: string;
  readonly block_id?: string;
  readonly [key: string]: unknown;
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly metadata?: Metadata;
}

export interface FileRef {
  readonly id: string;
  readonly name: string;
  readonly title: string;
}

export interface Message extends Content, Tokens {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  /** The only person who sees it, when it is ephemeral. */
  readonly onlyFor?: string;
  readonly editedTs?: string;
  /** How many times it has been edited. */
  readonly edits: number;
  readonly files?: readonly FileRef[];
}

export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

export interface Posting extends Content {
  readonly channel: string;
  readonly user: string;
  readonly threadTs?: string | undefined;
  readonly onlyFor?: string;
  readonly files?: readonly FileRef[];
}

export type Messages = ReturnType<typeof createMessages>;

/** What has been said, in the order of its timestamps. Refuses nothing: the Web API does that before it gets here. */
export function createMessages(now: () => number, changes: Changes) {
  const all: Message[] = [];
  let last = 0;

  /** Slack's message ids are times with six decimals, and unique in a channel. */
  function stamp(): string {
    last = Math.max(last + 1, Math.round(now() * 1_000));
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
  }

  const indexOf = ({ channel, ts }: MessageRef): number =>
    all.findIndex((message) => message.channel === channel && message.ts === ts);

  return {
    all: all as readonly Message[],
    stamp,

    find: (ref: MessageRef): Message | undefined => all[indexOf(ref)],

    /** A thread outlives its deleted first message as long as it has replies. */
    hasThread: (channel: string, ts: string): boolean =>
      all.some((message) => {
        if (message.channel !== channel || message.onlyFor) return false;
        return message.threadTs ? message.threadTs === ts : message.ts === ts;
      }),

    post({ threadTs, ...posting }: Posting): Message {
      const message = {
        ...posting,
        ...(threadTs ? { threadTs } : {}),
        ts: stamp(),
        edits: 0,
        ...tokensOf(posting.text, posting.blocks),
      };
      all.push(message);
      changes.announce();
      return message;
    },

    /** Only what is given changes: text alone leaves the old blocks standing, as in Slack. */
    edit(message: Message, change: Partial<Content>): Message {
      const index = indexOf(message);
      const merged = { ...message, ...change };
      const edited = {
        ...merged,
        ...tokensOf(merged.text, merged.blocks),
        edits: message.edits + 1,
        editedTs: stamp(),
      };
      all[index] = edited;
      changes.announce();
      return edited;
    },

    remove(ref: MessageRef): void {
      const index = indexOf(ref);
      if (index >= 0) all.splice(index, 1);
      changes.announce();
    },
  };
}
