import type { FilterRule } from '../../src/evidence/flows.ts';
import { nftRules } from './nft-rules.ts';
import { linesOf, odd, type Section } from './section.ts';

/** All rules of the three packet filters that Calico may use, before and after our packets. */
export const nodeFilterRules: Section<'nodeFilterRules'> = {
  provides: 'nodeFilterRules',
  from: ['legacy-before', 'nft-before', 'nftables-before', 'legacy-after', 'nft-after', 'nftables-after'],
  isPartial: true,
  parse: (...texts) => ({ before: rulesOf(texts.slice(0, 3)), after: rulesOf(texts.slice(3)) }),
};

function rulesOf([legacy = '', nft = '', nftables = '']: readonly string[]): FilterRule[] {
  return [...savedRules(legacy, 'legacy'), ...savedRules(nft, 'nft'), ...nftRules(nftables)];
}

/** `ip6tables-save -c`. */
export function savedRules(text: string, backend: 'legacy' | 'nft'): FilterRule[] {
  let table = '';
  return linesOf(text).flatMap((line) => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const policy = /^:(\S+) (\S+) \[(\d+):\d+\]/u.exec(line);
    if (policy?.[1] && policy[2]) {
      // User chains have no policy: a dash.
      if (policy[2] === '-') return [];
      return [{ backend, table, chain: policy[1], rule: `policy ${policy[2]}`, packets: Number(policy[3]) }];
    }
    const rule = /^\[(\d+):\d+\] -A (\S+) ?(.*)$/u.exec(line);
    if (rule?.[2]) return [{ backend, table, chain: rule[2], rule: rule[3] ?? '', packets: Number(rule[1]) }];
    if (/^(\*|#|COMMIT)/u.test(line)) return [];
    throw odd('not a rule', line);
  });
}
