import type { FilterRule, FilterRules } from '../evidence/flows.ts';
import type { Observation } from '../evidence/observation.ts';
import { withoutText } from './filter-chains.ts';

export interface RisenRule extends FilterRule {
  /** Packets that the rule matched around our own. */
  readonly rise: number;
}

/** The rules that matched something meanwhile. A rule that is new, or whose counter fell, says nothing. */
export function risenRules(rules: Observation<FilterRules>): RisenRule[] {
  if (rules.status !== 'observed') return [];
  const before = countsOf(rules.value.before);
  const after = countsOf(rules.value.after);
  return [...after].flatMap(([key, rule]) => {
    const rise = rule.packets - (before.get(key)?.packets ?? rule.packets);
    return rise > 0 ? [{ ...rule, rise }] : [];
  });
}

/** Two rules of a chain may read the same, so their place among the equal ones is part of the key. */
function countsOf(rules: readonly FilterRule[]): Map<string, FilterRule> {
  const seen = new Map<string, number>();
  return new Map(
    rules.map((rule) => {
      const text = [rule.backend, rule.table, rule.chain, rule.rule].join('\n');
      const nth = (seen.get(text) ?? 0) + 1;
      seen.set(text, nth);
      return [`${text}\n${nth}`, rule];
    }),
  );
}

/** Chains may be called "ufw6-reject-forward", and comments may say anything. */
export function isDrop(rule: string): boolean {
  return /(^policy DROP$|-j (DROP|REJECT)\b|(^|\s)(drop|reject)(\s|$))/.test(withoutText(rule));
}

/** An INVALID packet is none of ours: a first SYN never is. */
export function isForInvalid(rule: string): boolean {
  return /INVALID|ctstate invalid|ct state invalid/.test(withoutText(rule));
}

export function describeRise({ backend, table, chain, rule, rise }: RisenRule): string {
  return `${backend} ${table} ${chain} ${rule}: +${rise} packets`;
}
