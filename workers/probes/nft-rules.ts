import type { FilterRule } from '../../src/evidence/flows.ts';

/**
 * The chains of `nft list table`, and the elements of its verdict maps; sets are skipped. Calico's table is called by its name,
 * others with their family.
 */
export function nftRules(text: string): FilterRule[] {
  const rules: FilterRule[] = [];
  let table = '';
  let open: { readonly kind: string; readonly name: string } | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const opened = /^(table|chain|set|map|flowtable|ct \w+|counter|quota|limit) (?:(ip6|inet) )?(\S+) \{/u.exec(line);
    if (opened?.[1] === 'table') table = opened[3] === 'calico' ? 'calico' : `${opened[2]} ${opened[3]}`;
    else if (opened && open === null) open = { kind: opened[1] ?? '', name: opened[3] ?? '' };
    else if (line === '}') open = null;
    else if (open?.kind === 'map') rules.push(...elementsOf(table, open.name, line));
    else if (open?.kind === 'chain' && line !== '') rules.push(ruleOf(table, open.name, line));
  }
  return rules;
}

function ruleOf(table: string, chain: string, line: string): FilterRule {
  const base = { backend: 'nftables' as const, table, chain };
  const [, hook, policy = 'accept'] = /^type \w+ hook (\w+) .*?(?:policy (accept|drop);|$)/u.exec(line) ?? [];
  if (hook !== undefined) {
    return { ...base, rule: `policy ${policy.toUpperCase()}`, packets: 0, isCounted: false, hook };
  }
  const counted = /counter packets (\d+) bytes \d+ ?/u.exec(line);
  const rule = line.replace(/counter packets \d+ bytes \d+ ?/u, '').trim();
  return { ...base, rule, packets: Number(counted?.[1] ?? 0), ...(counted ? {} : { isCounted: false }) };
}

/** `elements = { "cali1" : goto filter-cali-fw-cali1, … }`, over as many lines as it takes. */
function elementsOf(table: string, chain: string, line: string): FilterRule[] {
  const verdicts = line.matchAll(/("[^"]+"|[\w:./]+) : ((?:goto|jump) \S+?|accept|drop|return|continue)(?=,| \}|$)/gu);
  return [...verdicts].map(([, key, verdict]) => {
    return { backend: 'nftables', table, chain, rule: `${key} : ${verdict}`, packets: 0, isCounted: false } as const;
  });
}
