import { isShape, type Shape } from './problems.ts';
import type { State } from './state.ts';
import type { View } from './views.ts';

/** What a person has entered: by block_id, then by action_id, as Slack sends it. */
export type Values = Readonly<Record<string, Readonly<Record<string, Shape>>>>;

/** A view as Slack puts it into answers and payloads. */
export function viewOnTheWire({ directory }: State, view: View, values: Values = {}): Shape {
  const { given } = view;
  return {
    id: view.id,
    team_id: directory.team.id,
    app_id: directory.appId,
    app_installed_team_id: directory.team.id,
    bot_id: directory.botId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: given.private_metadata ?? '',
    callback_id: given.callback_id ?? '',
    external_id: given.external_id ?? '',
    state: { values },
    hash: view.hash,
    title: given.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    submit: given.submit ?? null,
    close: given.close ?? null,
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
    submit_disabled: false,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
  };
}

/** An input that a person can fill in, and what is asked of it. */
export interface Field {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly isOptional: boolean;
  readonly element: Shape;
}

export function fieldsOf({ blocks }: View): readonly Field[] {
  return blocks.flatMap(({ type, block_id, element, label, optional }) =>
    type === 'input' && isShape(element)
      ? [
          {
            blockId: String(block_id),
            actionId: String(element.action_id),
            label: isShape(label) ? String(label.text) : '',
            isOptional: optional === true,
            element,
          },
        ]
      : [],
  );
}
