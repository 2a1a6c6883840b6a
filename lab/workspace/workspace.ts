import type { ClickOptions, ClickOutcome } from './clicking.ts';
import type { CommandOutcome } from './commanding.ts';
import type { ControlMatch } from './controls.ts';
import type { Delivery } from './delivery.ts';
import type { LabFile } from './files.ts';
import type { Message, MessageRef } from './messages.ts';
import type { Entries, SubmitOutcome } from './modals.ts';
import type { Suggested } from './options.ts';
import type { Channel, Directory, User } from './people.ts';
import type { ResponseUrlUse } from './response-url.ts';
import type { Switches } from './switches.ts';
import type { Exchange } from './traffic.ts';
import type { View } from './views.ts';
import type { ApiCall } from './web-api/door.ts';

/** A person or channel by name, by id, or as itself. */
export type Who = string | User;
export type Where = string | Channel;

/** A running Slack workspace: how an app reaches it, what people do in it, and what went on. */
export interface LabWorkspace {
  /** What SLACK_API_URL must be. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly team: string;
  readonly bot: string;
  readonly directory: Directory;
  readonly people: Directory['people'];
  readonly channels: Directory['channels'];
  /** The id of `@network-approvers`. */
  readonly approvers: string;

  command(user: Who, channel: Where, text: string, command?: string): Promise<CommandOutcome>;
  click(user: Who, message: MessageRef, button: ControlMatch, options?: ClickOptions): Promise<ClickOutcome>;
  /** Types into a menu of a message, or of the open modal, that asks the app what it offers. */
  suggest(user: Who, where: MessageRef | 'modal', actionId: string, query: string): Promise<Suggested>;
  /** A person writes a message; one that mentions the bot also reaches it as an app_mention event. */
  say(user: Who, channel: Where, text: string, threadTs?: string): Message;

  /** Presses a button, or chooses from a menu, in the open modal or the Home tab. */
  clickInView(
    user: User | string,
    view: 'modal' | 'home',
    button: ControlMatch,
    options?: ClickOptions & { readonly entries?: Entries },
  ): Promise<ClickOutcome>;
  /** Fills in the open modal, by action_id, and submits it. */
  submit(user: Who, entries: Entries): Promise<SubmitOutcome>;
  /** Cancels the open modal; all of them with the cross in its corner. */
  dismiss(user: Who, options?: { readonly all?: boolean }): Promise<void>;
  openHome(user: Who): void;
  /** The modal on top for this person, and the Home tab as the app has published it. */
  modal(user: Who): View | undefined;
  home(user: Who): View | undefined;
  file(id: string): { readonly file: LabFile; readonly type: string } | undefined;

  /** First messages of threads and lone messages; nothing ephemeral. */
  messages(channel: Where): readonly Message[];
  /** The first message, while it exists, and its replies. */
  thread(channel: Where, ts: string): readonly Message[];
  ephemerals(user: Who): readonly Message[];
  visibleTo(user: Who, channel: Where): readonly Message[];
  /** The message as it is now. */
  current(message: MessageRef): Message | undefined;
  /** The labels of a message's buttons. */
  buttons(message: MessageRef): readonly string[];
  /** The confirmation dialog that a button shows first, if it has one. */
  dialog(message: MessageRef, button: ControlMatch): Readonly<Record<string, unknown>> | undefined;
  /** The channel as plain text, threads included; with a user, what that person sees, ephemerals too. */
  text(channel: Where, as?: Who): string;
  threadText(channel: Where, ts: string): string;
  waitFor<T>(predicate: () => T, timeoutMs?: number): Promise<Exclude<T, false | null | undefined | '' | 0>>;

  /** Calls after every change, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** What app and Slack have said to each other of late. */
  readonly traffic: readonly Exchange[];

  readonly switches: Switches;
  calls(method?: string): readonly ApiCall[];
  readonly deliveries: readonly Delivery[];
  readonly responseUrlUses: readonly ResponseUrlUse[];
  /** Whether the app hears what is delivered; by HTTP only a delivery can tell. */
  isAppConnected(): boolean;
  openSockets(): number;
  dropSockets(options?: { readonly graceful?: boolean }): void;

  archive(channel: Where): void;
  invite(user: Who, channel: Where): void;
  remove(user: Who, channel: Where): void;
  deactivate(user: Who): void;
  setGroup(group: string, users: readonly Who[]): void;
  /** Slackbot says something to everybody in the channel. */
  notice(channel: Where, text: string): Message;
  /** Somebody with the right to do so deletes any message. */
  deleteMessage(message: MessageRef): void;

  close(): Promise<void>;
}
