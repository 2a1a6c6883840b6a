import { checkBlocks } from './blocks.ts';
import { checkText } from './compositions.ts';
import { limits } from './limits.ts';
import { boundedString, isShape, onlyKeys, type Shape, spotIn } from './problems.ts';
import type { ViewContent } from './views.ts';

export type CheckedView =
  | { readonly ok: true; readonly content: ViewContent }
  | { readonly ok: false; readonly error: string; readonly problems: readonly string[] };

const common = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id'];
const modalOnly = ['title', 'submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled'];

/** The one judgement of views, for the Web API and for answers to a submission alike. */
export function checkView(view: Shape, type: 'modal' | 'home', hasFile: (id: string) => boolean): CheckedView {
  const problems: string[] = [];
  const spot = spotIn(problems, '/view');
  if (view.type !== type) spot.at('type').complain(`must be one of: ${type}`);
  onlyKeys(view, type === 'modal' ? [...common, ...modalOnly] : common, spot);
  if (type === 'modal') {
    checkText(view.title, ['plain_text'], limits.viewTitle, spot.at('title'));
    for (const name of ['submit', 'close']) {
      if (view[name] !== undefined) checkText(view[name], ['plain_text'], limits.viewTitle, spot.at(name));
    }
  }
  if (view.private_metadata !== undefined) {
    boundedString(view.private_metadata, limits.privateMetadata, spot.at('private_metadata'));
  }
  for (const name of ['callback_id', 'external_id']) {
    if (view[name] !== undefined) boundedString(view[name], limits.id, spot.at(name));
  }

  const blocks = checkBlocks(Array.isArray(view.blocks) ? view.blocks : [], { surface: type, hasFile });
  if (!Array.isArray(view.blocks)) spot.complain('missing required field: blocks');
  if (!blocks.ok) problems.push(...blocks.problems);
  const asks = Array.isArray(view.blocks) && view.blocks.some((block) => isShape(block) && block.type === 'input');
  if (type === 'modal' && asks && view.submit === undefined) spot.complain('missing required field: submit');

  if (problems.length > 0) return { ok: false, error: 'invalid_arguments', problems };
  if (JSON.stringify(view).length > limits.viewBytes) return { ok: false, error: 'view_too_large', problems };
  const { blocks: _, type: __, ...given } = view;
  return { ok: true, content: { given, blocks: blocks.ok ? blocks.blocks : [] } };
}
