import { isShape, type Shape } from '../problems.ts';
import type { State } from '../state.ts';
import { checkView } from '../view-content.ts';
import { viewOnTheWire } from '../view-wire.ts';
import type { View, ViewContent } from '../views.ts';
import { MethodError, type Methods, refuse, required } from './method.ts';

function parsed(view: unknown): Shape {
  try {
    const value = typeof view === 'string' ? JSON.parse(view) : view;
    return isShape(value) ? value : refuse('invalid_arguments');
  } catch {
    return refuse('invalid_arguments');
  }
}

export function viewMethods(state: State): Methods {
  const { triggers, views, files, directory } = state;

  function contentOf(args: Shape, type: View['type']): ViewContent {
    const checked = checkView(parsed(args.view ?? refuse('invalid_arguments')), type, files.isReady);
    if (checked.ok) return checked.content;
    throw new MethodError({ error: checked.error, messages: checked.problems.map((each) => `[ERROR] ${each}`) });
  }

  function spend(args: Shape): string {
    const trigger = triggers.spend(required(args, 'trigger_id'));
    return trigger.ok ? trigger.user : refuse(trigger.error);
  }

  /** With the hash of what the app has seen, an update that comes second is refused and not shown over the first. */
  function mustBeCurrent(view: View | undefined, args: Shape): void {
    if (view && args.hash !== undefined && args.hash !== view.hash) refuse('hash_conflict');
  }

  const answer = (view: View) => ({ view: viewOnTheWire(state, view) });

  return {
    'views.open': (args) => {
      const content = contentOf(args, 'modal');
      return answer(views.open(spend(args), content));
    },

    'views.push': (args) => {
      const content = contentOf(args, 'modal');
      const user = spend(args);
      if (!views.top(user)) return refuse('not_found');
      if (views.isFull(user)) return refuse('push_limit_reached');
      return answer(views.push(user, content));
    },

    'views.update': (args) => {
      const view = views.find(String(args.view_id ?? args.external_id ?? refuse('invalid_arguments')));
      if (!view) return refuse('not_found');
      const content = contentOf(args, view.type);
      mustBeCurrent(view, args);
      return answer(views.update(view, content));
    },

    'views.publish': (args) => {
      const user = directory.user(required(args, 'user_id'));
      if (!user || user.isBot) return refuse('user_not_found');
      const content = contentOf(args, 'home');
      mustBeCurrent(views.homeOf(user.id), args);
      return answer(views.publish(user.id, content));
    },
  };
}
