import { randomBytes } from 'node:crypto';
import { checkText } from './compositions.ts';
import { checkElement, fillable, pressable } from './elements.ts';
import { limits } from './limits.ts';
import type { Block } from './messages.ts';
import { boundedList, boundedString, isShape, onlyKeys, type Shape, type Spot, spotIn } from './problems.ts';
import { checkRichText } from './rich-text.ts';

export type CheckedBlocks =
  | { readonly ok: true; readonly blocks: readonly Block[]; readonly characters: number }
  | { readonly ok: false; readonly problems: readonly string[] };

export type Surface = 'message' | 'modal' | 'home';

export interface BlockOptions {
  readonly surface?: Surface;
  /** Which uploaded files there are to draw. */
  readonly hasFile?: (id: string) => boolean;
}

interface Rule {
  readonly keys: readonly string[];
  readonly surfaces?: readonly Surface[];
  check(block: Shape, spot: Spot): void;
}

const rules: Readonly<Record<string, Rule>> = {
  divider: { keys: [], check: () => {} },
  header: {
    keys: ['text'],
    check: ({ text }, spot) => checkText(text, ['plain_text'], limits.header, spot.at('text')),
  },
  section: { keys: ['text', 'fields', 'accessory', 'expand'], check: checkSection },
  context: {
    keys: ['elements'],
    check: ({ elements }, spot) =>
      boundedList(elements, limits.contextElements, spot.at('elements')).forEach((element, index) => {
        checkText(element, ['plain_text', 'mrkdwn'], limits.sectionText, spot.at('elements').at(index));
      }),
  },
  actions: { keys: ['elements'], check: checkActions },
  rich_text: { keys: ['elements'], check: ({ elements }, spot) => checkRichText(elements, spot.at('elements')) },
  image: { keys: ['image_url', 'slack_file', 'alt_text', 'title'], check: checkImage },
  input: {
    keys: ['label', 'element', 'hint', 'optional', 'dispatch_action'],
    surfaces: ['modal', 'home'], // Slack takes them in messages too; no reader here could fill them in there
    check: ({ label, element, hint }, spot) => {
      checkText(label, ['plain_text'], limits.inputLabel, spot.at('label'));
      if (hint !== undefined) checkText(hint, ['plain_text'], limits.inputLabel, spot.at('hint'));
      checkElement(element, fillable, spot.at('element'));
    },
  },
};

/** Slack fetches a picture from its address when the message is posted. From here nothing can be fetched. */
function checkImage({ image_url: url, slack_file: file, alt_text: alt, title }: Shape, spot: Spot): void {
  boundedString(alt, limits.altText, spot.at('alt_text'), 1);
  if (title !== undefined) checkText(title, ['plain_text'], limits.altText, spot.at('title'));
  if ((url === undefined) === (file === undefined))
    spot.complain('must define exactly one of `image_url` or `slack_file`');
  if (url !== undefined) spot.at('image_url').complain('downloading image failed');
}

function checkSection({ text, fields, accessory }: Shape, spot: Spot) {
  if (text === undefined && fields === undefined) return spot.complain('must define either `fields` or `text`');
  if (text !== undefined) checkText(text, ['plain_text', 'mrkdwn'], limits.sectionText, spot.at('text'));
  if (fields !== undefined) {
    boundedList(fields, limits.fields, spot.at('fields')).forEach((field, index) => {
      checkText(field, ['plain_text', 'mrkdwn'], limits.fieldText, spot.at('fields').at(index));
    });
  }
  if (accessory !== undefined) checkElement(accessory, pressable, spot.at('accessory'));
}

function checkActions({ elements }: Shape, spot: Spot) {
  const seen = new Set<unknown>();
  boundedList(elements, limits.actionElements, spot.at('elements')).forEach((element, index) => {
    const here = spot.at('elements').at(index);
    checkElement(element, pressable, here);
    const actionId = isShape(element) ? element.action_id : undefined;
    if (actionId !== undefined && seen.has(actionId)) {
      here.at('action_id').complain(`\`action_id\` ${actionId} already exists for this block`);
    }
    seen.add(actionId);
  });
}

function checkBlock(block: unknown, spot: Spot, { surface = 'message', hasFile }: BlockOptions) {
  if (!isShape(block)) return spot.complain('must provide an object');
  const rule = typeof block.type === 'string' && Object.hasOwn(rules, block.type) ? rules[block.type] : undefined;
  if (!rule || (rule.surfaces && !rule.surfaces.includes(surface))) {
    return spot.at('type').complain(`unsupported type: ${block.type}`);
  }
  onlyKeys(block, ['type', 'block_id', ...rule.keys], spot);
  if (block.block_id !== undefined) boundedString(block.block_id, limits.id, spot.at('block_id'), 1);
  rule.check(block, spot);
  if (block.slack_file !== undefined && !(isShape(block.slack_file) && hasFile?.(String(block.slack_file.id)))) {
    spot.at('slack_file').complain('invalid slack file');
  }
}

/** Every character that a reader would see, which is what Slack's undocumented total counts. */
function charactersIn(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, each) => sum + charactersIn(each), 0);
  if (!isShape(node)) return 0;
  const own = typeof node.text === 'string' ? [...node.text].length : 0;
  return own + charactersIn(Object.values(node).filter((value) => typeof value === 'object'));
}

const newId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

/** Slack gives an id to every block and element that came without one, and sends those back in interactions. */
function withIds(block: Shape): Block {
  const identify = (element: unknown): unknown =>
    isShape(element) && typeof element.type === 'string' && !['plain_text', 'mrkdwn'].includes(element.type)
      ? { ...element, action_id: element.action_id ?? newId() }
      : element;
  return {
    ...block,
    type: String(block.type),
    block_id: typeof block.block_id === 'string' ? block.block_id : newId(),
    ...(block.accessory ? { accessory: identify(block.accessory) } : {}),
    ...(block.element ? { element: identify(block.element) } : {}),
    ...(block.type === 'actions' && Array.isArray(block.elements) ? { elements: block.elements.map(identify) } : {}),
  };
}

export function checkBlocks(given: readonly unknown[], options: BlockOptions = {}): CheckedBlocks {
  const problems: string[] = [];
  const isView = options.surface === 'modal' || options.surface === 'home';
  const max = isView ? limits.viewBlocks : limits.blocks;
  const spot = spotIn(problems, isView ? '/view/blocks' : '/blocks');
  if (given.length > max) spot.complain(`no more than ${max} items allowed`);

  const seen = new Set<unknown>();
  given.forEach((block, index) => {
    checkBlock(block, spot.at(index), options);
    const blockId = isShape(block) ? block.block_id : undefined;
    if (blockId !== undefined && seen.has(blockId)) {
      spot.at(index).at('block_id').complain(`\`block_id\` ${blockId} already exists`);
    }
    seen.add(blockId);
  });

  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, blocks: given.filter(isShape).map(withIds), characters: charactersIn(given) };
}
