import { type Desk, mustBeIn } from './commanding.ts';
import { actionOf, type ControlMatch, findControl } from './controls.ts';
import type { Receipt } from './delivery.ts';
import { interactionOf } from './interactions.ts';
import type { Message, MessageRef } from './messages.ts';
import { chosenOption, type MenuPlace } from './options.ts';
import type { Channel, User } from './people.ts';
import { isShape, type Shape } from './problems.ts';
import { onTheWire, type State } from './state.ts';
import { type Values, viewOnTheWire } from './view-wire.ts';
import type { View } from './views.ts';

export interface ClickOptions {
  /** The answer to the confirmation dialog; needed when there is one, wrong when there is none. */
  readonly confirm?: boolean;
  /** The value of what is chosen, for a menu. */
  readonly option?: string;
}

export type ClickOutcome =
  | { readonly delivered: false; readonly because: 'denied in the dialog' }
  | ({ readonly delivered: true } & Receipt);

/** What the control asks before it does anything. */
export function dialogOf({ blocks }: Message, match: ControlMatch): Shape | undefined {
  const { confirm } = findControl(blocks, match).element;
  return isShape(confirm) ? confirm : undefined;
}

/** True when the app is to hear of it. */
function settled({ element, actionId }: ReturnType<typeof findControl>, confirm: boolean | undefined): boolean {
  if (element.confirm && confirm === undefined) throw new Error(`${actionId} asks first: pass confirm true or false`);
  if (!element.confirm && confirm !== undefined) throw new Error(`${actionId} shows no dialog to confirm`);
  return confirm !== false;
}

/** The message as this person sees it now. */
export function seenBy(
  { directory, messages }: State,
  user: User,
  ref: MessageRef,
): { message: Message; channel: Channel } {
  const channel = directory.somewhere(ref.channel);
  mustBeIn(channel, user);
  const message = messages.find(ref);
  if (!message || (message.onlyFor && message.onlyFor !== user.id)) {
    throw new Error(`${user.name} sees no message ${ref.ts} in #${channel.name}`);
  }
  return { message, channel };
}

function placeOf(state: State, message: Message, channel: Channel): Shape {
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.onlyFor !== undefined,
      ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    },
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    // Slack keeps no copy of an ephemeral message, so its payload has none.
    ...(message.onlyFor ? {} : { message: onTheWire(state, message) }),
  };
}

/** A menu of a message, for asking the app what it offers. */
export function menuIn(desk: Desk, user: User, ref: MessageRef, match: ControlMatch): MenuPlace {
  const { message, channel } = seenBy(desk.state, user, ref);
  return { ...findControl(message.blocks, match), around: placeOf(desk.state, message, channel) };
}

/** Presses a button, or chooses from a menu, of a message. */
export async function pressButton(
  desk: Desk,
  user: User,
  ref: MessageRef,
  match: ControlMatch,
  { confirm, option }: ClickOptions,
): Promise<ClickOutcome> {
  const { state, courier, responseUrls, baseUrl } = desk;
  const { message, channel } = seenBy(state, user, ref);
  const control = findControl(message.blocks, match);
  if (!settled(control, confirm)) return { delivered: false, because: 'denied in the dialog' };
  const chosen = option === undefined ? undefined : chosenOption(desk, user, control.element, option);

  const receipt = await courier.deliver('interactive', {
    ...interactionOf(state, user, 'block_actions'),
    ...placeOf(state, message, channel),
    state: { values: {} },
    response_url: responseUrls.issue(baseUrl, { channel: channel.id, user: user.id, source: message }),
    actions: [actionOf(control, chosen, state.messages.stamp())],
  });
  return { delivered: true, ...receipt };
}

/** The same in a modal or the Home tab, with what has been entered so far. */
export async function pressInView(
  desk: Desk,
  user: User,
  view: View,
  match: ControlMatch,
  { confirm, option, values = {} }: ClickOptions & { readonly values?: Values },
): Promise<ClickOutcome> {
  const { state, courier } = desk;
  const control = findControl(view.blocks, match);
  if (!settled(control, confirm)) return { delivered: false, because: 'denied in the dialog' };
  const chosen = option === undefined ? undefined : chosenOption(desk, user, control.element, option);

  const receipt = await courier.deliver('interactive', {
    ...interactionOf(state, user, 'block_actions'),
    container: { type: 'view', view_id: view.id },
    view: viewOnTheWire(state, view, values),
    actions: [actionOf(control, chosen, state.messages.stamp())],
  });
  return { delivered: true, ...receipt };
}
