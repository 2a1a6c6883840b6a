import { WebAPIPlatformError } from '@slack/web-api';
import type { People } from '../ports.ts';
import { slackClient } from './slack.ts';

interface PeopleOptions {
  readonly token: string;
  readonly apiUrl?: string;
  /** Somebody waits for the answer, and Slack waits no longer than three seconds for ours. */
  readonly timeoutMs?: number;
  readonly onRateLimited?: () => void;
}

/** Every failure is null: whoever asks has to treat it as a no. */
export function slackPeople({ timeoutMs = 1_000, ...options }: PeopleOptions): People {
  const client = slackClient({ ...options, timeoutMs });
  // The one answer that cannot change while the token is valid.
  let team: string | null = null;

  return {
    async ourTeam() {
      team ??= await answerOf(async () => (await client.auth.test()).team_id ?? null);
      return team;
    },

    person: (user) =>
      answerOf(async () => {
        const { user: found } = await client.users.info({ user });
        if (!found?.team_id) return null;
        const { profile } = found;
        return {
          name: profile?.display_name || profile?.real_name || found.real_name || found.name || user,
          teamId: found.team_id,
          isGuest: found.is_restricted === true || found.is_ultra_restricted === true,
          isBot: found.is_bot === true,
          isDeactivated: found.deleted === true,
        };
      }),

    membersOf: (usergroup) => answerOf(async () => (await client.usergroups.users.list({ usergroup })).users ?? null),

    channel: (channel) =>
      answerOf(async () => {
        try {
          const { channel: found } = await client.conversations.info({ channel });
          if (!found) return null;
          const isShared = found.is_ext_shared === true || found.is_pending_ext_shared === true;
          return isShared ? 'externally-shared' : 'own';
        } catch (error) {
          if (error instanceof WebAPIPlatformError && error.data.error === 'channel_not_found') return 'unseen';
          throw error;
        }
      }),
  };
}

async function answerOf<T>(ask: () => Promise<T | null>): Promise<T | null> {
  try {
    return await ask();
  } catch {
    return null; // refused, late or unreachable: all of them say nothing about anybody
  }
}
