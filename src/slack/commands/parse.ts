import { type ParsedRequest, parseRequest } from '../../jobs/parse-target.ts';
import { typedText } from '../mrkdwn.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'active' }
  | { readonly kind: 'revoke'; readonly id: string }
  | { readonly kind: 'check'; readonly request: Extract<ParsedRequest, { ok: true }> }
  | { readonly kind: 'wrong'; readonly problem: string };

/** What a person typed after `/ipv6check`, as Slack sends it. */
export function parseCommand(sent: string): Command {
  const text = typedText(sent).trim();
  const [word = '', ...rest] = text.split(/\s+/u);
  if (word === '' || (word === 'help' && rest.length === 0)) return { kind: 'help' };
  if (word === 'active' && rest.length === 0) return { kind: 'active' };
  if (word === 'revoke') {
    const [id = ''] = rest;
    if (rest.length === 1 && /^r[a-z0-9]{19}$/.test(id)) return { kind: 'revoke', id };
    return { kind: 'wrong', problem: 'revoke takes the id of one policy. `/ipv6check active` lists them.' };
  }
  const request = parseRequest(text);
  return request.ok ? { kind: 'check', request } : { kind: 'wrong', problem: request.problem };
}
