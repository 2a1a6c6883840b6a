import type { FilterRule } from '../evidence/flows.ts';

type Backend = FilterRule['backend'];

/** What Calico writes: its chains in ip6tables, and a table of its own in nftables. */
export function isCalicos({ table, chain }: Pick<FilterRule, 'table' | 'chain'>): boolean {
  return table === 'calico' || chain.startsWith('cali-');
}

/** The packet filters in which Calico's chains are. More than one means that an earlier installation left some behind. */
export function calicoBackends(rules: readonly FilterRule[]): Backend[] {
  return [...new Set(rules.filter(isCalicos).map(({ backend }) => backend))];
}

/**
 * The rules that a packet may meet which passes `hook`, those of Calico left out: of the base chains there, and of the chains
 * that they call.
 */
export function foreignRulesAt(rules: readonly FilterRule[], hook: 'input' | 'forward' | 'prerouting'): FilterRule[] {
  const foreign = rules.filter((rule) => !isCalicos(rule));
  const reached = new Set(foreign.filter((rule) => isBase(rule, hook)).map(placeOf));
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const rule of foreign) {
      const target = targetOf(rule.rule);
      if (target !== null && reached.has(placeOf(rule))) reached.add(placeOf({ ...rule, chain: target }));
    }
  }
  return foreign.filter((rule) => reached.has(placeOf(rule)));
}

function isBase({ backend, chain, hook: own, rule }: FilterRule, hook: string): boolean {
  return backend === 'nftables' ? own === hook : chain === hook.toUpperCase() && rule.startsWith('policy ');
}

function placeOf({ backend, table, chain }: FilterRule): string {
  return `${backend} ${table} ${chain}`;
}

function targetOf(rule: string): string | null {
  const bare = withoutText(rule);
  return /(?:^| )-[jg] (\S+)/.exec(bare)?.[1] ?? /(?:^| )(?:jump|goto) (\S+)/.exec(bare)?.[1] ?? null;
}

/** Comments and log prefixes may hold any word. */
export function withoutText(rule: string): string {
  return rule.replace(/"[^"]*"/g, '""');
}
