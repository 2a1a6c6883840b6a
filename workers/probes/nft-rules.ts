import type { FilterRule } from '../../src/evidence/flows.ts';

/** The chains of `nft list table`; sets and maps between them are skipped. A rule without a counter counts nothing. */
export function nftRules(text: string): FilterRule[] {
  const rules: FilterRule[] = [];
  let table = '';
  let chain: string | null = null;
  let isElsewhere = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const opened = /^(table|chain|set|map|flowtable) (?:ip6 )?(\S+) \{$/u.exec(line);
    if (opened?.[1] === 'table') table = opened[2] ?? '';
    else if (opened?.[1] === 'chain') chain = opened[2] ?? '';
    else if (opened) isElsewhere = true;
    else if (line === '}') {
      chain = null;
      isElsewhere = false;
    } else if (chain !== null && !isElsewhere && line !== '') rules.push(...ruleOf(table, chain, line));
  }
  return rules;
}

function ruleOf(table: string, chain: string, line: string): FilterRule[] {
  const policy = /^type .*policy (accept|drop);/u.exec(line);
  const base = { backend: 'nftables' as const, table, chain };
  if (policy?.[1]) return [{ ...base, rule: `policy ${policy[1].toUpperCase()}`, packets: 0 }];
  if (line.startsWith('type ')) return [{ ...base, rule: 'policy ACCEPT', packets: 0 }];
  const packets = Number(/counter packets (\d+) bytes \d+/u.exec(line)?.[1] ?? 0);
  return [{ ...base, rule: line.replace(/counter packets \d+ bytes \d+ ?/u, '').trim(), packets }];
}
