import { type Draft, draftOf, saysNothing } from '../content.ts';
import type { Message } from '../messages.ts';
import type { Channel } from '../people.ts';
import type { Shape } from '../problems.ts';
import { onTheWire, type State } from '../state.ts';
import { type Answer, MethodError, type Methods, refuse, required, visibleChannel, writableChannel } from './method.ts';

function drafted({ files }: State, args: Shape): Draft {
  const result = draftOf(args, { hasFile: files.isReady });
  if (!result.ok) throw new MethodError(result.refusal);
  return result.draft;
}

export function chatMethods(state: State): Methods {
  const { directory, messages } = state;

  /** chat.postMessage alone also takes a person, and then writes to their direct message. */
  function recipient(id: string): Channel {
    const user = directory.user(id);
    return user && !user.isBot ? directory.directMessage(user).channel : writableChannel(directory, id);
  }

  function threadOf(args: Shape, channel: Channel): string | undefined {
    if (args.thread_ts === undefined || args.thread_ts === '') return undefined;
    const ts = String(args.thread_ts);
    return messages.hasThread(channel.id, ts) ? ts : refuse('thread_not_found');
  }

  function ownMessage(args: Shape, ifNotOurs: string): Message {
    const channel = writableChannel(directory, required(args, 'channel'));
    const message = messages.find({ channel: channel.id, ts: required(args, 'ts') });
    // Ephemeral messages have a timestamp but cannot be edited or deleted by it.
    if (!message || message.onlyFor) return refuse('message_not_found');
    return message.user === directory.bot.id ? message : refuse(ifNotOurs);
  }

  return {
    'chat.postMessage': (args): Answer => {
      const channel = recipient(required(args, 'channel'));
      const draft = drafted(state, args);
      if (saysNothing(draft)) return refuse('no_text');
      const posting = { text: '', blocks: [], ...draft, channel: channel.id, user: directory.bot.id };
      const message = messages.post({ ...posting, threadTs: threadOf(args, channel) });
      return { channel: channel.id, ts: message.ts, message: onTheWire(state, message) };
    },

    'chat.update': (args): Answer => {
      const message = ownMessage(args, 'cant_update_message');
      const draft = drafted(state, args);
      if (draft.text === undefined && !draft.blocks && !draft.metadata) return refuse('no_text');
      if (saysNothing({ ...message, ...draft })) return refuse('no_text');
      const edited = messages.edit(message, draft);
      return { channel: edited.channel, ts: edited.ts, text: edited.text, message: onTheWire(state, edited) };
    },

    'chat.postEphemeral': (args): Answer => {
      const channel = writableChannel(directory, required(args, 'channel'));
      const user = directory.user(required(args, 'user'));
      if (!user || !channel.members.has(user.id)) return refuse('user_not_in_channel');
      const draft = drafted(state, args);
      if (saysNothing(draft)) return refuse('no_text');
      const posting = { text: '', blocks: [], ...draft, channel: channel.id, user: directory.bot.id, onlyFor: user.id };
      return { message_ts: messages.post({ ...posting, threadTs: threadOf(args, channel) }).ts };
    },

    'chat.delete': (args): Answer => {
      const message = ownMessage(args, 'cant_delete_message');
      messages.remove(message);
      return { channel: message.channel, ts: message.ts };
    },

    'chat.getPermalink': (args): Answer => {
      const channel = visibleChannel(directory, required(args, 'channel'));
      const message = messages.find({ channel: channel.id, ts: required(args, 'message_ts') });
      if (!message || message.onlyFor) return refuse('message_not_found');
      const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
      const page = `https://${directory.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
      return { channel: channel.id, permalink: `${page}${thread}` };
    },
  };
}
