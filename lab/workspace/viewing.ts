import { dialogOf } from './clicking.ts';
import { controlsOf } from './controls.ts';
import type { Message } from './messages.ts';
import { conversationText } from './render.ts';
import type { State } from './state.ts';
import type { LabWorkspace, Where, Who } from './workspace.ts';

type Viewing = Pick<
  LabWorkspace,
  | 'messages'
  | 'thread'
  | 'ephemerals'
  | 'visibleTo'
  | 'current'
  | 'modal'
  | 'home'
  | 'buttons'
  | 'dialog'
  | 'text'
  | 'threadText'
  | 'waitFor'
>;

/** What there is to see, and for whom. */
export function look({ directory, messages, changes, views }: State): Viewing {
  function inChannel(where: Where): readonly Message[] {
    const { id } = directory.somewhere(where);
    return messages.all.filter(({ channel }) => channel === id);
  }

  function thread(where: Where, ts: string): readonly Message[] {
    return inChannel(where).filter((message) => !message.onlyFor && (message.ts === ts || message.threadTs === ts));
  }

  /** Members read their channels, and full members of our team every public one. */
  function visibleTo(who: Who, where: Where): readonly Message[] {
    const user = directory.someone(who);
    const { kind, members } = directory.somewhere(where);
    const mayBrowse = kind === 'public' && !user.isGuest && user.teamId === directory.team.id;
    if (!members.has(user.id) && !mayBrowse) return [];
    return inChannel(where).filter(({ onlyFor }) => !onlyFor || onlyFor === user.id);
  }

  return {
    thread,
    visibleTo,
    messages: (where) => inChannel(where).filter(({ onlyFor, threadTs }) => !onlyFor && !threadTs),

    ephemerals(who) {
      const { id } = directory.someone(who);
      return messages.all.filter(({ onlyFor }) => onlyFor === id);
    },

    current: messages.find,
    modal: (who) => views.top(directory.someone(who).id),
    home: (who) => views.homeOf(directory.someone(who).id),

    buttons(ref) {
      const message = messages.find(ref);
      return message ? controlsOf(message.blocks).map(({ label }) => label) : [];
    },

    dialog(ref, button) {
      const message = messages.find(ref);
      return message && dialogOf(message, button);
    },

    text(where, as) {
      const shown = as ? visibleTo(as, where) : inChannel(where).filter(({ onlyFor }) => !onlyFor);
      return `#${directory.somewhere(where).name}\n\n${conversationText(shown, directory)}`;
    },

    threadText: (where, ts) => conversationText(thread(where, ts), directory),
    waitFor: changes.waitFor,
  };
}
