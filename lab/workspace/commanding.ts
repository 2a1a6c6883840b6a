import type { Courier, Receipt } from './delivery.ts';
import type { Message } from './messages.ts';
import type { Channel, User } from './people.ts';
import { type ResponseUrls, respond } from './response-url.ts';
import type { State } from './state.ts';

export type CommandError = 'operation_timeout' | 'dispatch_failed' | 'invalid_command_response';

export interface CommandOutcome {
  readonly acknowledged: boolean;
  /** What the acknowledgement itself showed; an app may also answer later, by other ways. */
  readonly response?: Message;
  /** Why Slack told the person, in place of the app, that the command failed. */
  readonly error?: CommandError;
  readonly afterMs: number;
}

export interface Desk {
  readonly state: State;
  readonly courier: Courier;
  readonly responseUrls: ResponseUrls;
  readonly baseUrl: string;
}

/** Slack's own rules, before the app hears of anything. */
export function mustBeIn(channel: Channel, user: User): void {
  if (user.deactivated) throw new Error(`${user.name} is deactivated`);
  if (channel.archived) throw new Error(`#${channel.name} is archived: nobody can type or click there`);
  if (!channel.members.has(user.id)) throw new Error(`${user.name} is not in #${channel.name}`);
}

const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function failureOf({ state }: Desk, user: User, channel: Channel, command: string, error: CommandError): void {
  const text = `${command} failed with the error "${error}"`;
  state.messages.post({ channel: channel.id, user: state.directory.slackbot.id, onlyFor: user.id, text, blocks: [] });
}

/** Types a slash command. Slack does not offer them inside threads. */
export async function sendCommand(
  desk: Desk,
  user: User,
  channel: Channel,
  text: string,
  command: string,
): Promise<CommandOutcome> {
  const { state, courier, responseUrls, baseUrl } = desk;
  mustBeIn(channel, user);
  const occasion = { channel: channel.id, user: user.id };
  const team = state.directory.teamOf(user);

  const receipt: Receipt = await courier.deliver('slash_commands', {
    token: 'verification-token-is-deprecated',
    // The person's own team, which in a shared channel need not be the one that the app is installed in.
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text: entities(text.trim()),
    api_app_id: state.directory.appId,
    is_enterprise_install: 'false',
    response_url: responseUrls.issue(baseUrl, occasion),
    trigger_id: state.triggers.issue(user.id),
  });

  const { afterMs } = receipt;
  if (!receipt.acknowledged) {
    failureOf(desk, user, channel, command, receipt.error);
    return { acknowledged: false, error: receipt.error, afterMs };
  }
  if (!receipt.response) return { acknowledged: true, afterMs };
  const said = respond(state, occasion, receipt.response);
  if (said.ok && said.message) return { acknowledged: true, response: said.message, afterMs };
  failureOf(desk, user, channel, command, 'invalid_command_response');
  return { acknowledged: true, error: 'invalid_command_response', afterMs };
}
