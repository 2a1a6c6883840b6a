import type { Block } from './messages.ts';
import { isShape, type Shape } from './problems.ts';

/** Something that a person can press or choose from, in a message or a view. */
export interface Control {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly element: Shape;
}

/** Which control: an action_id, or whatever tells it from the others. */
export type ControlMatch =
  | string
  | { readonly actionId?: string; readonly blockId?: string; readonly label?: string; readonly value?: string };

const textOf = (object: unknown): string => (isShape(object) ? String(object.text ?? '') : '');

export function controlsOf(blocks: readonly Block[]): readonly Control[] {
  return blocks.flatMap((block) => {
    const elements = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : [block.accessory];
    return elements.filter(isShape).map((element) => ({
      blockId: String(block.block_id),
      actionId: String(element.action_id),
      label: textOf(element.text ?? element.placeholder),
      value: typeof element.value === 'string' ? element.value : undefined,
      element,
    }));
  });
}

export function findControl(blocks: readonly Block[], match: ControlMatch): Control {
  const wanted = typeof match === 'string' ? { actionId: match } : match;
  const found = controlsOf(blocks).filter((control) =>
    (['actionId', 'blockId', 'label', 'value'] as const).every((key) => !wanted[key] || control[key] === wanted[key]),
  );
  const [control] = found;
  if (!control) throw new Error(`No such button (any more): ${JSON.stringify(match)}`);
  if (found.length > 1) throw new Error(`${found.length} buttons match ${JSON.stringify(match)}`);
  return control;
}

/** What a control says about itself in a payload, beside what was chosen. */
export function actionOf({ element, blockId }: Control, option: Shape | undefined, stamp: string): Shape {
  const { options: _, confirm: __, ...own } = element;
  const chosen = element.type === 'button' ? {} : { selected_option: option ?? null };
  return { ...(element.type === 'button' ? element : own), block_id: blockId, action_ts: stamp, ...chosen };
}
