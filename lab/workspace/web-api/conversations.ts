import type { Channel } from '../people.ts';
import type { State } from '../state.ts';
import { type Answer, type Methods, refuse, required, visibleChannel } from './method.ts';

export function conversationMethods({ directory, changes }: State): Methods {
  function described(channel: Channel): Answer {
    const isShared = channel.teams.length > 1;
    return {
      id: channel.id,
      name: channel.kind === 'im' ? undefined : channel.name,
      is_channel: channel.kind === 'public',
      is_group: false,
      is_im: channel.kind === 'im',
      is_private: channel.kind !== 'public',
      is_archived: channel.archived,
      is_member: channel.members.has(directory.bot.id),
      is_shared: isShared,
      is_ext_shared: isShared,
      is_org_shared: false,
      context_team_id: directory.team.id,
      shared_team_ids: channel.teams,
    };
  }

  return {
    'conversations.info': (args) => ({ channel: described(visibleChannel(directory, required(args, 'channel'))) }),

    'conversations.members': (args) => {
      const members = [...visibleChannel(directory, required(args, 'channel')).members];
      const start = args.cursor
        ? Number(Buffer.from(String(args.cursor), 'base64').toString().replace('from:', ''))
        : 0;
      if (!Number.isInteger(start) || start < 0) return refuse('invalid_cursor');
      const end = start + Math.min(Number(args.limit ?? 100) || 100, 1_000);
      const cursor = end < members.length ? Buffer.from(`from:${end}`).toString('base64') : '';
      return { members: members.slice(start, end), response_metadata: { next_cursor: cursor } };
    },

    'conversations.open': (args) => {
      const ids = required(args, 'users').split(',');
      const user = directory.user(ids[0] ?? '');
      if (!user || ids.length > 1) return refuse('user_not_found');
      if (user.isBot) return refuse('cannot_dm_bot');
      if (user.deactivated) return refuse('user_disabled');
      const { channel, isNew } = directory.directMessage(user);
      changes.announce();
      const already = isNew ? {} : { no_op: true, already_open: true };
      return { ...already, channel: args.return_im ? described(channel) : { id: channel.id } };
    },
  };
}
