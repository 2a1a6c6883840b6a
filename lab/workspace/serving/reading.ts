import type { Message, MessageRef } from '../messages.ts';
import type { Channel, User } from '../people.ts';
import type { LabWorkspace } from '../workspace.ts';

/** A channel, or one thread of it; how far somebody has read there. */
interface Mark extends MessageRef {
  readonly threadTs: string;
}

export type Reading = ReturnType<typeof createReading>;

/** How far each person has read, and what that leaves unread. Threads are read for themselves. */
export function createReading({ visibleTo, thread, directory }: LabWorkspace) {
  const marks = new Map<string, string>();
  const keyOf = (user: User, { channel, threadTs = '' }: { channel: string; threadTs?: string }): string =>
    `${user.id} ${channel} ${threadTs}`;

  const isFresh = (user: User, message: Message): boolean =>
    message.user !== user.id && Number(message.ts) > Number(marks.get(keyOf(user, message)) ?? 0);

  /** A mention of the person, of a group that they are in, or of everybody. */
  function concerns({ mentions }: Message, user: User): boolean {
    const groups = directory.groups.filter(({ users }) => users.has(user.id)).map(({ id }) => `<!subteam^${id}>`);
    const names = [`<@${user.id}>`, '<!channel>', '<!here>', '<!everyone>', ...groups];
    return mentions.some((mention) => names.includes(mention));
  }

  return {
    markRead(user: User, mark: Mark): void {
      const key = keyOf(user, mark);
      if (Number(mark.ts) > Number(marks.get(key) ?? 0)) marks.set(key, mark.ts);
    },

    of(user: User, channel: Channel) {
      const readTs = marks.get(keyOf(user, { channel: channel.id })) ?? '0';
      if (!channel.members.has(user.id)) return { readTs, unread: 0, mentions: 0 };
      const fresh = visibleTo(user, channel).filter((message) => isFresh(user, message));
      return {
        readTs,
        unread: fresh.filter(({ threadTs }) => !threadTs).length,
        mentions: fresh.filter((message) => concerns(message, user)).length,
      };
    },

    unreadReplies: (user: User, { channel, ts }: MessageRef): number =>
      thread(channel, ts).filter((message) => message.threadTs === ts && isFresh(user, message)).length,
  };
}
