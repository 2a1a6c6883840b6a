import { randomBytes } from 'node:crypto';
import { type Changes, createChanges } from './changes.ts';
import { createFiles, type Files } from './files.ts';
import { createMessages, type Message, type Messages } from './messages.ts';
import { createDirectory, type Directory } from './people.ts';
import type { Shape } from './problems.ts';
import { conversationText } from './render.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createTriggers, type Triggers } from './triggers.ts';
import { createViews, type Views } from './views.ts';

/** New for every workspace, so that nothing can come to rely on a value. */
export interface Credentials {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
}

/** What the parts of the workspace share. */
export interface State {
  readonly directory: Directory;
  readonly messages: Messages;
  readonly changes: Changes;
  readonly triggers: Triggers;
  readonly views: Views;
  readonly files: Files;
  readonly traffic: Traffic;
  /** What each person was last offered by each menu that asks the app. */
  readonly offers: Map<string, readonly Shape[]>;
  readonly credentials: Credentials;
  readonly now: () => number;
}

export function createState(now: () => number): State {
  const secret = (bytes: number): string => randomBytes(bytes).toString('hex');
  const directory = createDirectory();
  const changes = createChanges(() => conversationText(messages.all, directory));
  const messages = createMessages(now, changes);

  return {
    directory,
    messages,
    changes,
    triggers: createTriggers(now),
    views: createViews(now, changes),
    files: createFiles(),
    traffic: createTraffic(now, changes),
    offers: new Map(),
    credentials: {
      botToken: `xoxb-lab-${secret(12)}`,
      appToken: `xapp-lab-${secret(12)}`,
      signingSecret: secret(16),
    },
    now,
  };
}

/** A message as Slack puts it into answers and payloads. */
export function onTheWire({ directory }: State, message: Message): Readonly<Record<string, unknown>> {
  const byApp = message.user === directory.bot.id;
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: directory.user(message.user)?.teamId ?? directory.team.id,
    ...(byApp ? { bot_id: directory.botId, app_id: directory.appId } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs, parent_user_id: directory.bot.id } : {}),
    ...(message.files ? { files: message.files } : {}),
    ...(message.metadata ? { metadata: message.metadata } : {}),
    ...(message.editedTs ? { edited: { user: message.user, ts: message.editedTs } } : {}),
  };
}
