import type { Block, Message } from './messages.ts';
import { readable, slackDate } from './mrkdwn.ts';
import type { Directory } from './people.ts';

type Shape = Readonly<Record<string, unknown>>;

/** Blocks have been validated on their way in, so a missing part is drawn as nothing. */
const shape = (value: unknown): Shape => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function textOf(object: unknown, directory: Directory): string {
  const { type, text } = shape(object);
  if (typeof text !== 'string') return '';
  return type === 'mrkdwn' ? readable(text, directory) : text;
}

function richText(node: unknown): string {
  const { text, elements, user_id, url } = shape(node);
  if (typeof text === 'string') return text;
  if (typeof user_id === 'string') return `@${user_id}`;
  if (typeof url === 'string') return url;
  return list(elements).map(richText).join('');
}

const button = (element: unknown, directory: Directory): string => `[${textOf(shape(element).text, directory)}]`;

/** The block types of messages; validation refuses every other. */
const draw: Readonly<Record<string, (block: Block, directory: Directory) => string>> = {
  header: ({ text }, directory) => textOf(text, directory),
  section: ({ text, fields, accessory }, directory) => {
    const parts = [text, ...list(fields)].map((part) => textOf(part, directory)).filter((part) => part !== '');
    return [...parts, ...(accessory ? [button(accessory, directory)] : [])].join('\n');
  },
  context: ({ elements }, directory) =>
    list(elements)
      .map((element) => textOf(element, directory))
      .join('  '),
  actions: ({ elements }, directory) =>
    list(elements)
      .map((element) => button(element, directory))
      .join(' '),
  divider: () => '────────',
  rich_text: ({ elements }) => list(elements).map(richText).join('\n'),
  image: ({ alt_text, title }, directory) => `[picture: ${textOf(title, directory) || String(alt_text)}]`,
};

export const drawnBlocks: readonly string[] = Object.keys(draw);

/** What somebody sees of one message, without its author. */
export function messageText({ text, blocks }: Message, directory: Directory): string {
  if (blocks.length === 0) return readable(text, directory);
  return blocks.map((block) => draw[block.type]?.(block, directory) ?? '').join('\n');
}

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => `${by}${line}`.trimEnd())
    .join('\n');

function entry(message: Message, directory: Directory): string {
  const author = directory.user(message.user)?.name ?? message.user;
  const notes = [
    message.onlyFor ? `only @${directory.user(message.onlyFor)?.name} sees this` : '',
    message.editedTs ? 'edited' : '',
  ];
  const aside = notes
    .filter((note) => note !== '')
    .map((note) => ` (${note})`)
    .join('');
  const head = `${author}  ${slackDate(Number.parseInt(message.ts, 10), '{time}')}${aside}`;
  return `${head}\n${indent(messageText(message, directory), '  ')}`;
}

/** A list of messages as plain text, each thread under its first message, or under what is left of it. */
export function conversationText(messages: readonly Message[], directory: Directory): string {
  const roots = new Map(messages.filter(({ threadTs }) => !threadTs).map((root) => [root.ts, entry(root, directory)]));
  for (const { threadTs } of messages) {
    if (threadTs && !roots.has(threadTs)) roots.set(threadTs, 'This message was deleted.');
  }
  const replies = (ts: string): string[] =>
    messages.filter(({ threadTs }) => threadTs === ts).map((reply) => indent(entry(reply, directory), '    │ '));
  return [...roots]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([ts, root]) => [root, ...replies(ts)].join('\n'))
    .join('\n\n');
}
