import type { Block } from './messages.ts';

export interface Tokens {
  /** `<@U…>`, `<!subteam^S…>`, `<!channel>` and the like, without their labels, in order of appearance. */
  readonly mentions: readonly string[];
  /** Targets of `<…>` links and of rich-text link elements. */
  readonly links: readonly string[];
}

/**
 * Everything in a message that would notify somebody or lead away from Slack. Also looked for inside code spans and in
 * the fallback text: hostile text must not get that far in the first place.
 */
export function tokensOf(text: string, blocks: readonly Block[]): Tokens {
  const mentions: string[] = [];
  const links: string[] = [];

  const scan = (mrkdwn: string): void => {
    for (const [, token = ''] of mrkdwn.matchAll(/<([^<>]+)>/g)) {
      const target = token.split('|')[0] ?? '';
      if (/^@|^!(channel|here|everyone|subteam\^)/.test(target)) mentions.push(`<${target}>`);
      else if (/^[a-z][a-z0-9+.-]*:/i.test(target)) links.push(target);
    }
  };

  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const at: Record<string, unknown> = { ...node };
    if (at.type === 'mrkdwn' && typeof at.text === 'string') scan(at.text);
    else if (at.type === 'user') mentions.push(`<@${at.user_id}>`);
    else if (at.type === 'usergroup') mentions.push(`<!subteam^${at.usergroup_id}>`);
    else if (at.type === 'broadcast') mentions.push(`<!${at.range}>`);
    else if (typeof at.url === 'string') links.push(at.url);
    Object.values(at).forEach(visit);
  };

  scan(text);
  visit(blocks);
  return { mentions, links };
}
