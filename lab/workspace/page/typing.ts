import type { Deed, Snapshot } from './protocol.ts';

const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text as a person typed it, with the names behind an @ as the mentions that Slack makes of them. */
export function withMentions(text: string, { people, groups }: Pick<Snapshot, 'people' | 'groups'>): string {
  return entities(text).replace(/(^|\s)@([\w-]+)/g, (whole, before: string, name: string) => {
    const person = people.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (person) return `${before}<@${person.id}>`;
    const group = groups.find(({ handle }) => handle === name);
    return group ? `${before}<!subteam^${group.id}>` : whole;
  });
}

export type Typed = { readonly ok: true; readonly deed: Deed } | { readonly ok: false; readonly problem: string };

/** What a line means: a message, or a command, which Slack does not take in threads. */
export function readLine(line: string, channel: string, threadTs: string | null, shown: Snapshot): Typed {
  const [command = '', ...words] = line.trim().split(/\s+/);
  if (!command.startsWith('/')) {
    const text = withMentions(line.trim(), shown);
    return { ok: true, deed: { kind: 'say', channel, text, ...(threadTs ? { threadTs } : {}) } };
  }
  if (threadTs) return { ok: false, problem: `${command} is not supported in threads. Type it in the channel.` };
  return { ok: true, deed: { kind: 'command', channel, command, text: words.join(' ') } };
}

/** The commands that what has been typed so far may become. */
export function offersFor(line: string, { commands }: Snapshot): Snapshot['commands'] {
  return /^\/\S*$/.test(line) ? commands.filter(({ command }) => command.startsWith(line)) : [];
}

/** The command that is being given its words, for the hint beside it. */
export const commandIn = (line: string, { commands }: Snapshot): Snapshot['commands'][number] | undefined =>
  commands.find(({ command }) => line.startsWith(`${command} `) || line === command);
