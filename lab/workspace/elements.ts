import { limits } from './limits.ts';
import { boundedList, boundedString, isShape, onlyKeys, type Spot } from './problems.ts';

export type TextKind = 'plain_text' | 'mrkdwn';

export function checkText(value: unknown, kinds: readonly TextKind[], max: number, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  const kind = kinds.find((each) => each === value.type);
  if (!kind) return spot.at('type').complain(`must be one of: ${kinds.join(', ')}`);
  onlyKeys(value, ['type', 'text', kind === 'mrkdwn' ? 'verbatim' : 'emoji'], spot);
  if (value.text === undefined) return spot.complain('missing required field: text');
  boundedString(value.text, max, spot.at('text'), 1);
}

function checkConfirm(value: unknown, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  onlyKeys(value, ['title', 'text', 'confirm', 'deny', 'style'], spot);
  checkText(value.title, ['plain_text'], limits.confirmTitle, spot.at('title'));
  checkText(value.text, ['plain_text', 'mrkdwn'], limits.confirmText, spot.at('text'));
  checkText(value.confirm, ['plain_text'], limits.confirmButton, spot.at('confirm'));
  checkText(value.deny, ['plain_text'], limits.confirmButton, spot.at('deny'));
  checkStyle(value.style, spot);
}

function checkStyle(style: unknown, spot: Spot): void {
  if (style !== undefined && style !== 'primary' && style !== 'danger') {
    spot.at('style').complain('must be one of: primary, danger');
  }
}

/** Of the interactive elements the lab knows buttons; anything else is refused rather than half drawn. */
export function checkButton(value: unknown, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  if (value.type !== 'button') return spot.at('type').complain(`unsupported type: ${value.type}`);
  const known = ['type', 'text', 'action_id', 'value', 'url', 'style', 'confirm', 'accessibility_label'];
  onlyKeys(value, known, spot);
  checkText(value.text, ['plain_text'], limits.buttonText, spot.at('text'));
  if (value.action_id !== undefined) boundedString(value.action_id, limits.id, spot.at('action_id'), 1);
  if (value.value !== undefined) boundedString(value.value, limits.buttonValue, spot.at('value'), 1);
  if (value.url !== undefined) boundedString(value.url, limits.buttonUrl, spot.at('url'), 1);
  if (value.accessibility_label !== undefined) {
    boundedString(value.accessibility_label, limits.buttonText, spot.at('accessibility_label'));
  }
  if (value.confirm !== undefined) checkConfirm(value.confirm, spot.at('confirm'));
  checkStyle(value.style, spot);
}

const richLeaves: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'style'],
  link: ['url', 'text', 'style', 'unsafe'],
  user: ['user_id', 'style'],
  usergroup: ['usergroup_id', 'style'],
  broadcast: ['range', 'style'],
  emoji: ['name', 'unicode', 'style'],
};

const richGroups: Readonly<Record<string, readonly string[]>> = {
  rich_text_section: [],
  rich_text_preformatted: ['border', 'language'],
  rich_text_quote: ['border'],
};

export function checkRichText(elements: unknown, spot: Spot): void {
  for (const [index, group] of boundedList(elements, Number.POSITIVE_INFINITY, spot).entries()) {
    checkRichGroup(group, spot.at(index));
  }
}

function checkRichGroup(group: unknown, spot: Spot) {
  const known = isShape(group) ? richGroups[String(group.type)] : undefined;
  if (!isShape(group) || !known) return spot.complain('unsupported type');
  onlyKeys(group, ['type', 'elements', ...known], spot);
  const leaves = boundedList(group.elements, Number.POSITIVE_INFINITY, spot.at('elements'));
  for (const [index, leaf] of leaves.entries()) checkRichLeaf(leaf, spot.at('elements').at(index));
}

function checkRichLeaf(leaf: unknown, spot: Spot) {
  const keys = isShape(leaf) ? richLeaves[String(leaf.type)] : undefined;
  if (!isShape(leaf) || !keys) return spot.complain('unsupported type');
  onlyKeys(leaf, ['type', ...keys], spot);
  if (leaf.type === 'text') boundedString(leaf.text, Number.POSITIVE_INFINITY, spot.at('text'), 1);
}
