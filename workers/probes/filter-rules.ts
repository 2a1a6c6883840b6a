import type { FilterRule } from '../../src/evidence/flows.ts';
import { nftRules } from './nft-rules.ts';
import { linesOf, odd, type Section } from './section.ts';

const filters = ['legacy', 'nft', 'nftables', 'others'];

/** All rules of the three packet filters that Calico may use, and other nftables tables, before and after our packets. */
export const nodeFilterRules: Section<'nodeFilterRules'> = {
  provides: 'nodeFilterRules',
  from: ['before', 'after'].flatMap((when) => filters.map((filter) => `${filter}-${when}`)),
  isPartial: true,
  parse: (...texts) => ({
    before: rulesOf(texts.slice(0, filters.length)),
    after: rulesOf(texts.slice(filters.length)),
  }),
};

function rulesOf([legacy = '', nft = '', nftables = '', others = '']: readonly string[]): FilterRule[] {
  const saved = [...savedRules(legacy, 'legacy'), ...savedRules(nft, 'nft')];
  return [...saved, ...nftRules(nftables), ...nftRules(others)];
}

/** ip6tables-nft says so on its standard error, in the middle of a line of its output. */
const warning = /# Warning: ip6tables-legacy tables present, use ip6tables-legacy-save to see them\n/gu;

/** `ip6tables-save -c`. */
export function savedRules(text: string, backend: 'legacy' | 'nft'): FilterRule[] {
  let table = '';
  return linesOf(text.replace(warning, '')).flatMap((line) => {
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
