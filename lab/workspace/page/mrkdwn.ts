/** Slack's markup as a tree, so that the page can draw it without ever putting text into HTML. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly inside: readonly Node[] }
  | { readonly kind: 'code' | 'fence'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | { readonly kind: 'user' | 'group' | 'channel' | 'broadcast'; readonly id: string; readonly label: string }
  | { readonly kind: 'date'; readonly seconds: number; readonly format: string; readonly fallback: string };

/** The three entities, once: what comes out of them is text and no markup. */
export const decoded = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

export function parseMrkdwn(source: string): readonly Node[] {
  return source.split(/(```[\s\S]+?```)/).flatMap((part, index) => {
    if (index % 2 === 1) return [{ kind: 'fence', text: plainTextOf(part.slice(3, -3).replace(/^\n|\n$/g, '')) }];
    return withQuotes(part);
  });
}

function withQuotes(text: string): readonly Node[] {
  const groups: { isQuote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const isQuote = line.startsWith('&gt;');
    const bare = isQuote ? line.replace(/^&gt; ?/, '') : line;
    const last = groups.at(-1);
    if (last?.isQuote === isQuote) last.lines.push(bare);
    else groups.push({ isQuote, lines: [bare] });
  }
  return groups.flatMap(({ isQuote, lines }): readonly Node[] => {
    const inside = inline(lines.join('\n'));
    return isQuote ? [{ kind: 'quote', inside }] : inside;
  });
}

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

// A span starts after a space or a sign and holds no line break; a token is anything between angle brackets.
const pieces = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])/gu;

function inline(text: string): readonly Node[] {
  const nodes: Node[] = [];
  const say = (words: string): void => {
    if (words !== '') nodes.push({ kind: 'text', text: decoded(words) });
  };
  let at = 0;
  for (const match of text.matchAll(pieces)) {
    const [whole, code, token, mark, inside] = match;
    say(text.slice(at, match.index));
    at = match.index + whole.length;
    if (code !== undefined) nodes.push({ kind: 'code', text: plainTextOf(code) });
    else if (token !== undefined) nodes.push(tokenNode(token));
    else nodes.push({ kind: marks[mark as keyof typeof marks], inside: inline(inside ?? '') });
  }
  say(text.slice(at));
  return nodes;
}

function tokenNode(token: string): Node {
  const bar = token.indexOf('|');
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? '' : decoded(token.slice(bar + 1));
  if (target.startsWith('@')) return { kind: 'user', id: target.slice(1), label };
  if (target.startsWith('#')) return { kind: 'channel', id: target.slice(1), label };
  if (!target.startsWith('!')) return { kind: 'link', url: decoded(target), label: label || decoded(target) };

  const [name = '', id = '', format = ''] = target.slice(1).split('^');
  if (name === 'subteam') return { kind: 'group', id, label };
  if (name === 'date' && /^\d+$/.test(id)) return { kind: 'date', seconds: Number(id), format, fallback: label };
  return { kind: 'broadcast', id: name, label };
}

/** Inside code Slack still resolves links and mentions to their words. */
function plainTextOf(text: string): string {
  return decoded(text.replace(/<([^<>]+)>/g, (_whole, token: string) => token.split('|').at(-1) ?? ''));
}
