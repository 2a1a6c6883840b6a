import { type Desk, mustBeIn } from './commanding.ts';
import type { Receipt } from './delivery.ts';
import type { Message, MessageRef } from './messages.ts';
import type { User } from './people.ts';
import { isShape, type Shape } from './problems.ts';
import { onTheWire } from './state.ts';

/** Which button: an action_id, or whatever tells it from the others. */
export type ButtonMatch =
  | string
  | { readonly actionId?: string; readonly blockId?: string; readonly label?: string; readonly value?: string };

export interface ClickOptions {
  /** The answer to the button's confirmation dialog; needed when it has one, wrong when it has none. */
  readonly confirm?: boolean;
}

export type ClickOutcome =
  | { readonly delivered: false; readonly because: 'denied in the dialog' }
  | ({ readonly delivered: true } & Receipt);

export interface Button {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly element: Shape;
}

export function buttonsOf({ blocks }: Message): readonly Button[] {
  return blocks.flatMap((block) => {
    const elements = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : [block.accessory];
    return elements.filter(isShape).map((element) => ({
      blockId: String(block.block_id),
      actionId: String(element.action_id),
      label: isShape(element.text) ? String(element.text.text) : '',
      value: typeof element.value === 'string' ? element.value : undefined,
      element,
    }));
  });
}

function findButton(message: Message, match: ButtonMatch): Button {
  const wanted = typeof match === 'string' ? { actionId: match } : match;
  const found = buttonsOf(message).filter((button) =>
    (['actionId', 'blockId', 'label', 'value'] as const).every((key) => !wanted[key] || button[key] === wanted[key]),
  );
  const [button] = found;
  if (!button) throw new Error(`No such button (any more): ${JSON.stringify(match)}`);
  if (found.length > 1) throw new Error(`${found.length} buttons match ${JSON.stringify(match)}`);
  return button;
}

/** What the button asks before it does anything. */
export function dialogOf(message: Message, match: ButtonMatch): Shape | undefined {
  const { confirm } = findButton(message, match).element;
  return isShape(confirm) ? confirm : undefined;
}

/** Presses a button as this person sees it now. */
export async function pressButton(
  { state, courier, responseUrls, baseUrl }: Desk,
  user: User,
  ref: MessageRef,
  match: ButtonMatch,
  { confirm }: ClickOptions,
): Promise<ClickOutcome> {
  const { directory, messages } = state;
  const channel = directory.somewhere(ref.channel);
  mustBeIn(channel, user);
  const message = messages.find(ref);
  if (!message || (message.onlyFor && message.onlyFor !== user.id)) {
    throw new Error(`${user.name} sees no message ${ref.ts} in #${channel.name}`);
  }
  const { element, blockId, actionId } = findButton(message, match);
  if (element.confirm && confirm === undefined) throw new Error(`${actionId} asks first: pass confirm true or false`);
  if (!element.confirm && confirm !== undefined) throw new Error(`${actionId} shows no dialog to confirm`);
  if (confirm === false) return { delivered: false, because: 'denied in the dialog' };

  const thread = message.threadTs ? { thread_ts: message.threadTs } : {};
  const receipt = await courier.deliver('interactive', {
    type: 'block_actions',
    // team is where the app is installed, user.team_id is where the person belongs: in shared channels they differ.
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: directory.appId,
    token: 'verification-token-is-deprecated',
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.onlyFor !== undefined,
      ...thread,
    },
    trigger_id: state.triggers.issue(),
    team: { id: directory.team.id, domain: directory.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    // Slack keeps no copy of an ephemeral message, so its payload has none.
    ...(message.onlyFor ? {} : { message: onTheWire(state, message) }),
    state: { values: {} },
    response_url: responseUrls.issue(baseUrl, { channel: channel.id, user: user.id, source: message }),
    actions: [{ ...element, block_id: blockId, action_ts: messages.stamp() }],
  });
  return { delivered: true, ...receipt };
}
