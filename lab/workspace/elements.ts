import { checkConfirm, checkInitialOption, checkOptions, checkStyle, checkText } from './compositions.ts';
import { limits } from './limits.ts';
import { boundedString, isShape, onlyKeys, type Shape, type Spot } from './problems.ts';

interface ElementRule {
  readonly keys: readonly string[];
  check(element: Shape, spot: Spot): void;
}

const button: ElementRule = {
  keys: ['text', 'value', 'url', 'style', 'accessibility_label'],
  check({ text, value, url, style, accessibility_label: label }, spot) {
    checkText(text, ['plain_text'], limits.buttonText, spot.at('text'));
    if (value !== undefined) boundedString(value, limits.buttonValue, spot.at('value'), 1);
    if (url !== undefined) boundedString(url, limits.buttonUrl, spot.at('url'), 1);
    if (label !== undefined) boundedString(label, limits.buttonText, spot.at('accessibility_label'));
    checkStyle(style, spot);
  },
};

function checkPlaceholder({ placeholder }: Shape, spot: Spot): void {
  if (placeholder !== undefined) checkText(placeholder, ['plain_text'], limits.placeholder, spot.at('placeholder'));
}

const staticSelect: ElementRule = {
  keys: ['placeholder', 'options', 'initial_option', 'focus_on_load'],
  check(element, spot) {
    checkPlaceholder(element, spot);
    checkOptions(element.options, spot.at('options'));
    checkInitialOption(element.initial_option, element.options, spot.at('initial_option'));
  },
};

const externalSelect: ElementRule = {
  keys: ['placeholder', 'initial_option', 'min_query_length', 'focus_on_load'],
  check(element, spot) {
    checkPlaceholder(element, spot);
    checkInitialOption(element.initial_option, undefined, spot.at('initial_option'));
    checkCount(element.min_query_length, 0, limits.inputText, spot.at('min_query_length'));
  },
};

const textInput: ElementRule = {
  keys: ['placeholder', 'initial_value', 'multiline', 'min_length', 'max_length', 'focus_on_load'],
  check(element, spot) {
    checkPlaceholder(element, spot);
    if (element.initial_value !== undefined)
      boundedString(element.initial_value, limits.inputText, spot.at('initial_value'));
    checkCount(element.min_length, 0, limits.inputText, spot.at('min_length'));
    checkCount(element.max_length, 1, limits.inputText, spot.at('max_length'));
  },
};

function checkCount(value: unknown, min: number, max: number, spot: Spot): void {
  if (value === undefined) return;
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    spot.complain(`must be a whole number from ${min} to ${max}`);
  }
}

/** The interactive elements that the lab knows; anything else is refused rather than half drawn. */
const rules: Readonly<Record<string, ElementRule>> = {
  button,
  static_select: staticSelect,
  external_select: externalSelect,
  plain_text_input: textInput,
};

export const pressable = ['button', 'static_select', 'external_select'];
export const fillable = ['plain_text_input', 'static_select', 'external_select'];

export function checkElement(value: unknown, kinds: readonly string[], spot: Spot) {
  if (!isShape(value)) return spot.complain('must provide an object');
  const rule = kinds.find((kind) => kind === value.type) && rules[String(value.type)];
  if (!rule) return spot.at('type').complain(`unsupported type: ${value.type}`);
  // A text field does nothing by itself, so it has nothing to confirm.
  const confirm = value.type === 'plain_text_input' ? [] : ['confirm'];
  onlyKeys(value, ['type', 'action_id', ...confirm, ...rule.keys], spot);
  if (value.action_id !== undefined) boundedString(value.action_id, limits.id, spot.at('action_id'), 1);
  if (value.confirm !== undefined) checkConfirm(value.confirm, spot.at('confirm'));
  rule.check(value, spot);
}
