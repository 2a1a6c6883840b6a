import type { FilterRules } from '../evidence/flows.ts';
import { observed } from '../evidence/observation.ts';
import { foreignRulesAt, isCalicos, withoutText } from './filter-chains.ts';
import { isDrop, type RisenRule, risenRules } from './filter-counters.ts';

/** Rules that dropped what is for the node itself meanwhile, and that may have met neighbour discovery. */
export function discoveryDrops(rules: FilterRules): RisenRule[] {
  const input = new Set(foreignRulesAt(rules.after, 'input').map(placeOf));
  return risenRules(observed(rules, 'node')).filter(
    (rule) => isDrop(rule.rule) && (input.has(placeOf(rule)) || isHostEndpoints(rule)) && mayMeetDiscovery(rule),
  );
}

/** A policy or a rule for all protocols may drop it, a rule for TCP or for echo requests may not. */
function mayMeetDiscovery({ rule }: RisenRule): boolean {
  const text = withoutText(rule);
  const types = /icmpv6-type (\d+)|icmpv6 type (\S+)/.exec(text);
  if (types) return /^(13[3-7]|nd-|\{)/.test(types[1] ?? types[2] ?? '');
  return !/(-p (?!ipv6-icmp|icmpv6|all)|l4proto (?!ipv6-icmp|icmpv6)|\b(tcp|udp) )/.test(text);
}

export function namesDiscovery(rule: string): boolean {
  return /icmpv6-type 13[3-7]|icmpv6 type (\{[^}]*)?nd-|-p ipv6-icmp|l4proto (ipv6-icmp|icmpv6)/.test(rule);
}

/** Calico's own chains for what comes to the node; those for pods let neighbour discovery through. */
function isHostEndpoints(rule: RisenRule): boolean {
  return isCalicos(rule) && /cali-(fh|th)-/.test(rule.chain);
}

function placeOf({ backend, table, chain, rule }: FilterRules['after'][number]): string {
  return [backend, table, chain, rule].join('\n');
}
