import type { State } from './state.ts';
import type { LabWorkspace } from './workspace.ts';

type Administration = Pick<
  LabWorkspace,
  'archive' | 'invite' | 'remove' | 'deactivate' | 'setGroup' | 'notice' | 'deleteMessage'
>;

/** What administrators do to a workspace while an app is running in it. */
export function administer({ directory, messages, changes }: State): Administration {
  return {
    archive(where) {
      directory.somewhere(where).archived = true;
      changes.announce();
    },

    invite(who, where) {
      directory.somewhere(where).members.add(directory.someone(who).id);
      changes.announce();
    },

    remove(who, where) {
      directory.somewhere(where).members.delete(directory.someone(who).id);
      changes.announce();
    },

    deactivate(who) {
      directory.someone(who).deactivated = true;
      changes.announce();
    },

    setGroup(which, members) {
      const { users } = directory.group(which);
      users.clear();
      for (const member of members) users.add(directory.someone(member).id);
      changes.announce();
    },

    notice: (where, text) =>
      messages.post({ channel: directory.somewhere(where).id, user: directory.slackbot.id, text, blocks: [] }),

    deleteMessage: messages.remove,
  };
}
