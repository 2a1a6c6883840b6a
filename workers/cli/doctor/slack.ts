import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { slackClient } from '../../../src/adapters/slack.ts';
import { type Grants, groupsIn } from '../../../src/remediation/grants.ts';
import type { Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';

/** What goes without it. The app's manifests in deploy/slack ask for the same. */
const scopes: Readonly<Record<string, string>> = {
  commands: 'nobody can type /ipv6check',
  'chat:write': 'no card and no answer can be posted',
  'im:write': 'nobody can be reached where the bot is not in the channel',
  'channels:read': 'nobody can tell whether a channel is shared with another organisation, so nothing is done there',
  'groups:read': 'the same of private channels',
  'users:read': 'nobody can tell members from guests, so nobody can ask for a policy or decide about one',
  'usergroups:read': 'user groups in the grants count for nobody',
};

type Asked =
  | { readonly isOk: true; readonly answer: Record<string, unknown> }
  | { readonly isOk: false; readonly problem: string };

/** Tokens, scopes, and the places that the grants speak of. */
export async function lookAtSlack(env: Terminal['env'], grants: Grants | null): Promise<Finding[]> {
  const token = env.SLACK_BOT_TOKEN;
  if (!token) return [];
  const apiUrl = env.SLACK_API_URL?.replace(/\/*$/, '/');
  const ask = asker(slackClient({ token, ...(apiUrl ? { apiUrl } : {}), timeoutMs: 5_000 }));
  const test = await ask('auth.test');
  if (!test.isOk) {
    const says = `SLACK_BOT_TOKEN is not taken by Slack: ${test.problem}.`;
    return [
      { area: 'slack', state: 'wrong', says, fix: 'Reinstall the app, and set SLACK_BOT_TOKEN to the new bot token' },
    ];
  }
  const [app, channels, groups] = await Promise.all([
    lookAtAppToken(env, apiUrl),
    Promise.all(channelsIn(grants).map((channel) => lookAtChannel(ask, channel))),
    Promise.all(groupsOf(env, grants).map((group) => lookAtGroup(ask, group))),
  ]);
  const says = `SLACK_BOT_TOKEN is ${String(test.answer.user)}'s, of workspace ${String(test.answer.team)}.`;
  return [{ area: 'slack', state: 'ok', says }, ...scopeFindings(test.answer), ...app, ...channels, ...groups];
}

function asker(client: WebClient) {
  return async (method: string, words: Record<string, unknown> = {}): Promise<Asked> => {
    try {
      return { isOk: true, answer: { ...(await client.apiCall(method, words)) } };
    } catch (error) {
      // Of an error from anywhere else not a word: it may quote the request, and the token with it.
      return { isOk: false, problem: error instanceof WebAPIPlatformError ? error.data.error : 'no answer' };
    }
  };
}
type Ask = ReturnType<typeof asker>;

function scopeFindings({ response_metadata: metadata }: Readonly<Record<string, unknown>>): Finding[] {
  const area = 'slack';
  const given = typeof metadata === 'object' && metadata !== null && 'scopes' in metadata ? metadata.scopes : null;
  if (!Array.isArray(given)) return [{ area, state: 'unknown', says: 'Slack did not say which scopes the token has.' }];
  const missing = Object.entries(scopes).filter(([scope]) => !given.includes(scope));
  if (missing.length === 0) return [{ area, state: 'ok', says: 'The token has every scope that is needed.' }];
  return missing.map(([scope, loss]) => ({
    ...{ area, state: 'wrong', says: `The token lacks the scope ${scope}: ${loss}.` },
    fix: `Add ${scope} under OAuth & Permissions, and reinstall the app`,
  }));
}

async function lookAtAppToken(
  { SLACK_APP_TOKEN: token, SLACK_MODE }: Terminal['env'],
  apiUrl?: string,
): Promise<Finding[]> {
  if (!token || SLACK_MODE === 'http') return [];
  const opened = await asker(slackClient({ token, ...(apiUrl ? { apiUrl } : {}), timeoutMs: 5_000 }))(
    'apps.connections.open',
  );
  const area = 'slack';
  if (opened.isOk) return [{ area, state: 'ok', says: 'SLACK_APP_TOKEN opens Socket Mode.' }];
  const fix = 'An app-level token with connections:write, and Socket Mode switched on';
  return [{ area, state: 'wrong', says: `SLACK_APP_TOKEN does not open Socket Mode: ${opened.problem}.`, fix }];
}

function channelsIn(grants: Grants | null): string[] {
  return [...new Set((grants?.grants ?? []).flatMap(({ channels = [] }) => channels))];
}

async function lookAtChannel(ask: Ask, id: string): Promise<Finding> {
  const area = 'channels';
  const info = await ask('conversations.info', { channel: id });
  if (!info.isOk) {
    const fix = 'In that channel: /invite @ipv6check';
    if (info.problem === 'channel_not_found') {
      return { area, state: 'wrong', says: `Channel ${id} of the grants is not to be seen.`, fix };
    }
    return { area, state: 'unknown', says: `Channel ${id} of the grants could not be looked at: ${info.problem}.` };
  }
  const channel = typeof info.answer.channel === 'object' && info.answer.channel !== null ? info.answer.channel : {};
  const is = (name: string): boolean => Object.entries(channel).some(([key, value]) => key === name && value === true);
  const name = 'name' in channel ? `#${String(channel.name)} (${id})` : id;
  if (is('is_archived')) return { area, state: 'wrong', says: `${name} of the grants is archived.` };
  if (is('is_ext_shared') || is('is_pending_ext_shared')) {
    return {
      area,
      state: 'wrong',
      says: `${name} of the grants is shared with another organisation: nothing is posted there.`,
    };
  }
  if (is('is_member')) return { area, state: 'ok', says: `The bot is in ${name}.` };
  return { area, state: 'wrong', says: `The bot is not in ${name}.`, fix: 'In that channel: /invite @ipv6check' };
}

function groupsOf({ APPROVER_GROUP: group }: Terminal['env'], grants: Grants | null): string[] {
  return [...new Set([...(group ? [group] : []), ...(grants ? groupsIn(grants) : [])])];
}

async function lookAtGroup(ask: Ask, id: string): Promise<Finding> {
  const area = 'slack';
  const listed = await ask('usergroups.users.list', { usergroup: id });
  if (!listed.isOk)
    return { area, state: 'wrong', says: `User group ${id} cannot be read: ${listed.problem}. It counts for nobody.` };
  const count = Array.isArray(listed.answer.users) ? listed.answer.users.length : 0;
  if (count === 0) return { area, state: 'wrong', says: `User group ${id} has no members.` };
  return { area, state: 'ok', says: `User group ${id} has ${count} members.` };
}
