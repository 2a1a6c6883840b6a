import type { Message } from '../messages.ts';
import type { ChannelShown, MessageShown, Person, Snapshot, ViewShown } from '../page/protocol.ts';
import type { Channel, User } from '../people.ts';
import { isShape } from '../problems.ts';
import type { View } from '../views.ts';
import type { LabWorkspace } from '../workspace.ts';
import type { Reading } from './reading.ts';

export interface Lab {
  readonly workspace: LabWorkspace;
  readonly reading: Reading;
  /** What this lab is about, for the page's head. */
  readonly about: string;
}

const textOf = (value: unknown): string | null =>
  isShape(value) && typeof value.text === 'string' ? value.text : null;

function noteOf(user: User, { directory }: LabWorkspace): string {
  if (user.isBot) return 'app';
  if (user.deactivated) return 'deactivated';
  if (user.teamId !== directory.team.id) return 'from another organisation';
  if (user.isGuest) return 'guest';
  const group = directory.groups.find(({ users }) => users.has(user.id));
  return group ? `in @${group.handle}` : '';
}

function personShown(user: User, workspace: LabWorkspace): Person {
  const { id, name, realName, isBot } = user;
  return { id, name, realName, isBot, note: noteOf(user, workspace) };
}

function messageShown({ workspace, reading }: Lab, me: User, message: Message): MessageShown {
  const { channel, ts, threadTs = null, user, text, blocks, onlyFor, editedTs, files = [] } = message;
  const shown = files.map(({ id, name, title }) => {
    return { id, name, title, isPicture: workspace.file(id)?.type.startsWith('image/') === true };
  });
  const marks = { isForMeAlone: onlyFor !== undefined, isEdited: editedTs !== undefined };
  const unreadReplies = threadTs === null ? reading.unreadReplies(me, message) : 0;
  return { channel, ts, threadTs, user, text, blocks, files: shown, unreadReplies, ...marks };
}

function viewShown(view: View | undefined): ViewShown | null {
  if (!view) return null;
  const { id, blocks, errors, given } = view;
  const words = {
    title: textOf(given.title) ?? '',
    submit: textOf(given.submit),
    close: textOf(given.close) ?? 'Cancel',
  };
  return { id, blocks, errors, ...words };
}

/** What this person sees, and nothing that they do not. */
export function snapshotFor(lab: Lab, me: User): Snapshot {
  const { workspace, reading, about } = lab;
  const { directory } = workspace;
  const mayBrowse = !me.isGuest && me.teamId === directory.team.id;
  const channels = directory.all.filter(({ kind, members }) => members.has(me.id) || (kind === 'public' && mayBrowse));

  const channelShown = (channel: Channel): ChannelShown => ({
    id: channel.id,
    name: channel.kind === 'im' ? directory.bot.name : channel.name,
    kind: channel.kind,
    isArchived: channel.archived,
    isShared: channel.teams.length > 1,
    isMember: channel.members.has(me.id),
    memberCount: channel.members.size,
    ...reading.of(me, channel),
  });

  return {
    me: me.id,
    team: directory.team.name,
    app: { name: directory.bot.name, user: directory.bot.id, isConnected: workspace.isAppConnected() },
    lab: about,
    people: [...Object.values(directory.people), directory.bot, directory.slackbot].map((each) =>
      personShown(each, workspace),
    ),
    commands: directory.commands,
    groups: directory.groups.map(({ id, handle, users }) => ({ id, handle, isMine: users.has(me.id) })),
    channels: channels.map(channelShown),
    messages: channels.flatMap((channel) =>
      workspace.visibleTo(me, channel).map((message) => messageShown(lab, me, message)),
    ),
    home: viewShown(workspace.home(me)),
    modal: viewShown(workspace.modal(me)),
  };
}
