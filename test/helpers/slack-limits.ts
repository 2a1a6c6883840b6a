import { checkBlocks } from '../../lab/workspace/blocks.ts';
import { tokensOf } from '../../lab/workspace/mentions.ts';
import type { Message } from '../../src/ports.ts';
import { charactersOf } from '../../src/slack/views/fit.ts';

/** Why Slack would refuse the message; empty when it would not. */
export function refusalsOf({ text, blocks, metadata }: Message): string[] {
  const checked = checkBlocks([...blocks]);
  return [
    ...(text.trim() === '' ? ['no_text'] : []),
    ...(text.length > 4_000 ? ['msg_too_long'] : []),
    ...(checked.ok ? [] : checked.problems),
    ...(charactersOf({ text, blocks }) > 12_000 ? ['msg_blocks_too_long'] : []),
    ...(JSON.stringify(metadata ?? {}).length > 8_000 ? ['metadata_too_large'] : []),
  ];
}

/** What would notify somebody or lead away from Slack, and whatever else in angle brackets is no date of ours. */
export function tokensIn({ text, blocks }: Message): string[] {
  const { mentions, links } = tokensOf(text, [...blocks] as { type: string }[]); // what they are not, refusalsOf says
  const written = [text, ...mrkdwnOf(blocks)].flatMap((each) => each.match(/<[^>]*>?/g) ?? []);
  const dates = /^<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]+>$/;
  return [
    ...new Set([...mentions, ...links.map((link) => `<${link}>`), ...written.filter((each) => !dates.test(each))]),
  ];
}

/** Every text in which Slack looks for something. */
function mrkdwnOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, text, ...others }: Record<string, unknown> = { ...node };
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : mrkdwnOf(text);
  return [...own, ...Object.values(others).flatMap(mrkdwnOf)];
}
