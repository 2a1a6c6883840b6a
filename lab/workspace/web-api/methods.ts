import type { State } from '../state.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import type { Methods } from './method.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';

export function allMethods(state: State, baseUrl: string, newSocketUrl: () => string): Methods {
  const { directory } = state;
  return {
    ...chatMethods(state),
    ...conversationMethods(state),
    ...userMethods(state),
    ...fileMethods(state, baseUrl),
    ...viewMethods(state),

    'auth.test': () => ({
      url: `https://${directory.team.domain}.slack.com/`,
      team: directory.team.name,
      user: directory.bot.name,
      team_id: directory.team.id,
      user_id: directory.bot.id,
      bot_id: directory.botId,
      is_enterprise_install: false,
    }),

    'apps.connections.open': () => ({ url: newSocketUrl() }),
  };
}
