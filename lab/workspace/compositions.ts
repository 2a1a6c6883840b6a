import { limits } from './limits.ts';
import { boundedList, boundedString, isShape, onlyKeys, type Shape, type Spot } from './problems.ts';

/** Slack's composition objects: what blocks and elements are made of. */
export type TextKind = 'plain_text' | 'mrkdwn';

export function checkText(value: unknown, kinds: readonly TextKind[], max: number, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  const kind = kinds.find((each) => each === value.type);
  if (!kind) return spot.at('type').complain(`must be one of: ${kinds.join(', ')}`);
  onlyKeys(value, ['type', 'text', kind === 'mrkdwn' ? 'verbatim' : 'emoji'], spot);
  if (value.text === undefined) return spot.complain('missing required field: text');
  boundedString(value.text, max, spot.at('text'), 1);
}

export function checkConfirm(value: unknown, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  onlyKeys(value, ['title', 'text', 'confirm', 'deny', 'style'], spot);
  checkText(value.title, ['plain_text'], limits.confirmTitle, spot.at('title'));
  checkText(value.text, ['plain_text', 'mrkdwn'], limits.confirmText, spot.at('text'));
  checkText(value.confirm, ['plain_text'], limits.confirmButton, spot.at('confirm'));
  checkText(value.deny, ['plain_text'], limits.confirmButton, spot.at('deny'));
  checkStyle(value.style, spot);
}

export function checkStyle(style: unknown, spot: Spot): void {
  if (style !== undefined && style !== 'primary' && style !== 'danger') {
    spot.at('style').complain('must be one of: primary, danger');
  }
}

function checkOption(value: unknown, spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  onlyKeys(value, ['text', 'value', 'description'], spot);
  checkText(value.text, ['plain_text'], limits.optionText, spot.at('text'));
  boundedString(value.value, limits.optionValue, spot.at('value'), 1);
  if (value.description !== undefined) {
    checkText(value.description, ['plain_text'], limits.optionText, spot.at('description'));
  }
}

/** An app that finds nothing may suggest nothing; a menu that is drawn has something to choose from. */
export function checkOptions(value: unknown, spot: Spot, { mayBeEmpty = false } = {}): void {
  if (mayBeEmpty && Array.isArray(value) && value.length === 0) return;
  for (const [index, option] of boundedList(value, limits.options, spot).entries()) checkOption(option, spot.at(index));
}

const sameOption = (a: Shape, b: unknown): boolean => isShape(b) && a.value === b.value;

export function checkInitialOption(value: unknown, options: unknown, spot: Spot) {
  if (value === undefined) return;
  checkOption(value, spot);
  if (Array.isArray(options) && isShape(value) && !options.some((each) => sameOption(value, each))) {
    spot.complain('must be one of the options');
  }
}
