import { type Desk, mustBeIn } from './commanding.ts';
import type { Message } from './messages.ts';
import type { Channel, User } from './people.ts';
import type { Shape } from './problems.ts';
import type { State } from './state.ts';

/** The envelope around every event. */
export function eventOf({ directory, now }: State, stamp: string, event: Shape, more: Shape = {}): Shape {
  const eventId = `Ev${stamp.replace('.', '')}`;
  return {
    token: 'verification-token-is-deprecated',
    team_id: directory.team.id,
    api_app_id: directory.appId,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(now() / 1_000),
    event_context: `4-${eventId}`,
    ...more,
    authorizations: [
      {
        enterprise_id: null,
        team_id: directory.team.id,
        user_id: directory.bot.id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    event,
  };
}

/** A person writes something. The app hears of it only when it is mentioned in a channel that it is in. */
export function say({ state, courier }: Desk, user: User, channel: Channel, text: string, threadTs?: string): Message {
  const { directory, messages } = state;
  mustBeIn(channel, user);
  const message = messages.post({ channel: channel.id, user: user.id, text, blocks: [], threadTs });
  if (!message.mentions.includes(`<@${directory.bot.id}>`) || !channel.members.has(directory.bot.id)) return message;

  const event = {
    type: 'app_mention',
    user: user.id,
    user_team: user.teamId,
    team: user.teamId,
    text,
    ts: message.ts,
    event_ts: message.ts,
    channel: channel.id,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  };
  // Nobody waits for an event: Slack goes on delivering it while people go on talking.
  void courier.deliver(
    'events_api',
    eventOf(state, message.ts, event, { is_ext_shared_channel: channel.teams.length > 1 }),
  );
  return message;
}
