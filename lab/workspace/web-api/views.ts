import { checkBlocks } from '../blocks.ts';
import { checkText } from '../elements.ts';
import { limits } from '../limits.ts';
import { isShape, type Shape, spotIn } from '../problems.ts';
import type { State } from '../state.ts';
import { MethodError, type Methods, refuse, required } from './method.ts';

function parsed(view: unknown): Shape {
  try {
    const value = typeof view === 'string' ? JSON.parse(view) : view;
    return isShape(value) ? value : refuse('invalid_arguments');
  } catch {
    return refuse('invalid_arguments');
  }
}

/** Modals of display blocks and buttons only: inputs are refused, since nobody could fill them in yet. */
export function viewMethods({ triggers, directory }: State): Methods {
  let opened = 0;

  return {
    'views.open': (args) => {
      const view = parsed(args.view ?? refuse('invalid_arguments'));
      const problems: string[] = [];
      const spot = spotIn(problems, '/view');
      if (view.type !== 'modal') spot.at('type').complain('must be one of: modal');
      checkText(view.title, ['plain_text'], limits.viewTitle, spot.at('title'));
      const blocks = checkBlocks(Array.isArray(view.blocks) ? view.blocks : [], limits.viewBlocks);
      if (!blocks.ok) problems.push(...blocks.problems);
      if (problems.length > 0) {
        throw new MethodError({ error: 'invalid_arguments', messages: problems.map((each) => `[ERROR] ${each}`) });
      }

      const trigger = triggers.spend(required(args, 'trigger_id'));
      if (trigger !== 'spent') return refuse(trigger);
      opened += 1;
      const id = `V0LAB${String(opened).padStart(5, '0')}`;
      return { view: { ...view, id, team_id: directory.team.id, bot_id: directory.botId, root_view_id: id } };
    },
  };
}
