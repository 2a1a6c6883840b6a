import type { Changes } from './changes.ts';
import { limits } from './limits.ts';
import type { Block } from './messages.ts';
import type { Shape } from './problems.ts';

/** A modal, or the Home tab of one person, as it is now. */
export interface View {
  readonly id: string;
  readonly type: 'modal' | 'home';
  /** The one person who sees it. */
  readonly user: string;
  readonly hash: string;
  readonly blocks: readonly Block[];
  /** The other fields as the app gave them. */
  readonly given: Shape;
  readonly rootId: string;
  readonly previousId?: string;
  /** What the app found wrong with a submission, by block. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface ViewContent {
  readonly blocks: readonly Block[];
  readonly given: Shape;
}

export type Views = ReturnType<typeof createViews>;

/** Which views are open. A person has one stack of modals, three high at most, and one Home tab. */
export function createViews(now: () => number, changes: Changes) {
  const stacks = new Map<string, readonly View[]>();
  const homes = new Map<string, View>();
  let made = 0;
  let edits = 0;

  const nextHash = (): string => {
    edits += 1;
    return `${Math.floor(now() / 1_000)}.${edits.toString(36)}`;
  };

  function make(type: View['type'], user: string, content: ViewContent, below?: View): View {
    made += 1;
    const id = `V0LAB${String(made).padStart(5, '0')}`;
    const place = below ? { rootId: below.rootId, previousId: below.id } : { rootId: id };
    return { id, type, user, hash: nextHash(), errors: {}, ...content, ...place };
  }

  function stackOf(user: string): readonly View[] {
    return stacks.get(user) ?? [];
  }

  function setStack(user: string, views: readonly View[]): void {
    stacks.set(user, views);
    changes.announce();
  }

  function replace(view: View): View {
    if (view.type === 'home') homes.set(view.user, view);
    else
      stacks.set(
        view.user,
        stackOf(view.user).map((each) => (each.id === view.id ? view : each)),
      );
    changes.announce();
    return view;
  }

  return {
    top: (user: string): View | undefined => stackOf(user).at(-1),
    stackOf,
    homeOf: (user: string): View | undefined => homes.get(user),
    find: (id: string): View | undefined =>
      [...[...stacks.values()].flat(), ...homes.values()].find(
        (view) => view.id === id || view.given.external_id === id,
      ),
    isFull: (user: string): boolean => stackOf(user).length >= limits.stackedViews,

    /** A new stack of one: whatever this person had open is gone. */
    open(user: string, content: ViewContent): View {
      const view = make('modal', user, content);
      setStack(user, [view]);
      return view;
    },

    push(user: string, content: ViewContent): View {
      const view = make('modal', user, content, stackOf(user).at(-1));
      setStack(user, [...stackOf(user), view]);
      return view;
    },

    update: (view: View, content: ViewContent): View => replace({ ...view, ...content, errors: {}, hash: nextHash() }),

    complain: (view: View, errors: View['errors']): View => replace({ ...view, errors }),

    /** Takes the top off, or everything. */
    close(user: string, { all = false } = {}): void {
      setStack(user, all ? [] : stackOf(user).slice(0, -1));
    },

    publish(user: string, content: ViewContent): View {
      const old = homes.get(user);
      return replace(old ? { ...old, ...content, hash: nextHash() } : make('home', user, content));
    },
  };
}
