import { plainTo } from '../mrkdwn.ts';
import { limits } from './limits.ts';

export type Block = Readonly<Record<string, unknown>>;

export function header(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: plainTo(text, limits.header), emoji: true } };
}

/** `verbatim` keeps Slack from making links of addresses that the text happens to contain. */
function mrkdwn(text: string): Block {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Takes text that is escaped already. */
export function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) };
}

export function context(...texts: readonly string[]): Block {
  return { type: 'context', elements: texts.slice(0, limits.contextElements).map(mrkdwn) };
}

/** Untrusted or copied text, drawn as it is: Slack looks for nothing inside. */
export function preformatted(text: string): Block {
  return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }] };
}

export interface Button {
  readonly label: string;
  readonly actionId: string;
  /** An opaque id: everything else is loaded afresh when the button is pressed. */
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string };
}

export function actions(...buttons: readonly Button[]): Block {
  return { type: 'actions', elements: buttons.map(drawButton) };
}

function drawButton({ label, actionId, value, style, confirm }: Button): Block {
  return {
    type: 'button',
    text: plainText(label, limits.buttonText),
    action_id: actionId,
    value,
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plainText(confirm.title, limits.confirmTitle),
            text: plainText(confirm.text, limits.confirmText),
            confirm: plainText(confirm.yes, limits.confirmButton),
            deny: plainText(confirm.no, limits.confirmButton),
            ...(style ? { style } : {}),
          },
        }
      : {}),
  };
}

function plainText(text: string, max: number): Block {
  return { type: 'plain_text', text: plainTo(text, max) };
}
