import { type Cidr, isWithin } from '../net/cidr.ts';
import { familyFilter } from './match.ts';
import type { CompiledPolicy, EgressRule, Endpoint, PolicyModel, PolicyRef } from './model.ts';

/** A Deny for IPv6 that an allow of everything outside `exclusions` would come before. */
function isOverridden(rule: EgressRule, exclusions: readonly Cidr[]): boolean {
  if (rule.action !== 'deny' || familyFilter(rule, 6) !== null) return false;
  const own = rule.nets?.filter(({ family }) => family === 6);
  return !own?.every((net) => exclusions.some((exclusion) => isWithin(net, exclusion)));
}

/**
 * What of others a new allow of all IPv6 would come before: Deny rules, and tiers that somebody put before the default one
 * and that end with Deny. That such a tier or rule stands there may be a quarantine.
 */
export function overriddenBy(
  isNew: (ref: PolicyRef) => boolean,
  after: PolicyModel,
  endpoint: Endpoint,
  exclusions: readonly Cidr[],
): string[] {
  const found: string[] = [];
  let isPast = false;
  for (const { name, endsWith, policies } of after.tiers) {
    const selecting = policies.filter((policy) => policy.selects(endpoint) !== 'no');
    const others = selecting.filter((policy) => !isNew(policy.ref));
    const start: number = isPast ? 0 : selecting.findIndex((policy) => isNew(policy.ref));
    if (start >= 0) {
      found.push(...selecting.slice(start).flatMap((policy) => denials(policy, exclusions)));
      if (isPast && name !== 'default' && endsWith === 'deny' && others.length > 0)
        found.push(`the end of tier ${name}`);
    }
    isPast ||= start >= 0;
    // What shuts for sure is as far as any packet came before.
    if (isPast && endsWith === 'deny' && others.some((policy) => policy.selects(endpoint) === 'yes')) break;
  }
  return found;
}

function denials({ ref, rules }: CompiledPolicy, exclusions: readonly Cidr[]): string[] {
  const where = `${ref.kind} ${ref.namespace === null ? ref.name : `${ref.namespace}/${ref.name}`}`;
  return rules.filter((rule) => isOverridden(rule, exclusions)).map(({ path }) => `${where} ${path}`);
}
