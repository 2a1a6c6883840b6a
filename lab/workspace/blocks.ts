import { randomBytes } from 'node:crypto';
import { checkButton, checkRichText, checkText } from './elements.ts';
import { limits } from './limits.ts';
import type { Block } from './messages.ts';
import { boundedList, boundedString, isShape, onlyKeys, type Shape, type Spot, spotIn } from './problems.ts';

export type CheckedBlocks =
  | { readonly ok: true; readonly blocks: readonly Block[]; readonly characters: number }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Rule {
  readonly keys: readonly string[];
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
};

function checkSection({ text, fields, accessory }: Shape, spot: Spot) {
  if (text === undefined && fields === undefined) return spot.complain('must define either `fields` or `text`');
  if (text !== undefined) checkText(text, ['plain_text', 'mrkdwn'], limits.sectionText, spot.at('text'));
  if (fields !== undefined) {
    boundedList(fields, limits.fields, spot.at('fields')).forEach((field, index) => {
      checkText(field, ['plain_text', 'mrkdwn'], limits.fieldText, spot.at('fields').at(index));
    });
  }
  if (accessory !== undefined) checkButton(accessory, spot.at('accessory'));
}

function checkActions({ elements }: Shape, spot: Spot) {
  const seen = new Set<unknown>();
  boundedList(elements, limits.actionElements, spot.at('elements')).forEach((element, index) => {
    const here = spot.at('elements').at(index);
    checkButton(element, here);
    const actionId = isShape(element) ? element.action_id : undefined;
    if (actionId !== undefined && seen.has(actionId)) {
      here.at('action_id').complain(`\`action_id\` ${actionId} already exists for this block`);
    }
    seen.add(actionId);
  });
}

function checkBlock(block: unknown, spot: Spot) {
  if (!isShape(block)) return spot.complain('must provide an object');
  const rule = typeof block.type === 'string' && Object.hasOwn(rules, block.type) ? rules[block.type] : undefined;
  if (!rule) return spot.at('type').complain(`unsupported type: ${block.type}`);
  onlyKeys(block, ['type', 'block_id', ...rule.keys], spot);
  if (block.block_id !== undefined) boundedString(block.block_id, limits.id, spot.at('block_id'), 1);
  rule.check(block, spot);
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
    isShape(element) && element.type === 'button' ? { ...element, action_id: element.action_id ?? newId() } : element;
  return {
    ...block,
    type: String(block.type),
    block_id: typeof block.block_id === 'string' ? block.block_id : newId(),
    ...(block.accessory ? { accessory: identify(block.accessory) } : {}),
    ...(block.type === 'actions' && Array.isArray(block.elements) ? { elements: block.elements.map(identify) } : {}),
  };
}

export function checkBlocks(given: readonly unknown[], max: number = limits.blocks): CheckedBlocks {
  const problems: string[] = [];
  const spot = spotIn(problems, '/blocks');
  if (given.length > max) spot.complain(`no more than ${max} items allowed`);

  const seen = new Set<unknown>();
  given.forEach((block, index) => {
    checkBlock(block, spot.at(index));
    const blockId = isShape(block) ? block.block_id : undefined;
    if (blockId !== undefined && seen.has(blockId)) {
      spot.at(index).at('block_id').complain(`\`block_id\` ${blockId} already exists`);
    }
    seen.add(blockId);
  });

  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, blocks: given.filter(isShape).map(withIds), characters: charactersIn(given) };
}
