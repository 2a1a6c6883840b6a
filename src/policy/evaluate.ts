import { parseAddress } from '../net/address.ts';
import { type Match, matchRule, type ParsedFlow } from './match.ts';
import type { CompiledPolicy, Endpoint, Flow, PolicyModel, PolicyRef, PolicyVerdict, RuleRef } from './model.ts';

const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132, ICMPv6: 58 } as const;

interface End {
  readonly allowed: boolean;
  readonly because: Exclude<PolicyVerdict['because'], 'doubtful'>;
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly PolicyRef[];
}

interface Walk {
  readonly model: PolicyModel;
  readonly source: Endpoint;
  readonly flow: ParsedFlow;
  readonly misses: (RuleRef & { readonly missed: string })[];
  readonly doubts: Set<string>;
}

/** Where the destination's pod is known, its labels; `isInCluster` says that an unknown pod may have the address. */
export interface Peer {
  readonly labels: Readonly<Record<string, string>> | null;
  readonly isInCluster: boolean;
}

const outside: Peer = { labels: null, isInCluster: false };

/**
 * Walks the tiers as Felix renders them (felix/rules/endpoints.go). A rule that cannot be judged is taken both ways; the
 * answer is doubtful only where the two ways end differently.
 */
export function evaluateEgress(model: PolicyModel, source: Endpoint, flow: Flow, peer: Peer = outside): PolicyVerdict {
  const address = parseAddress(flow.address);
  if (!address) return doubtful([`"${flow.address}" is not an address`], []);

  const walk: Walk = {
    model,
    source,
    flow: {
      address,
      port: flow.port,
      protocol: protocolNumbers[flow.protocol],
      peerLabels: peer.labels,
      mayBePeer: peer.isInCluster,
    },
    misses: [],
    doubts: new Set(model.issues),
  };
  const ends = fromTier(walk, 0, false);
  const [first] = ends;
  const issues = [...walk.doubts];
  const isOneAnswer = ends.every(({ allowed }) => allowed === first?.allowed);
  // What was not read could deny as well as allow, in any tier.
  if (!first || !isOneAnswer || model.issues.length > 0) return doubtful(issues, ends);
  return { ...first, nearMisses: first.allowed ? [] : unique(walk.misses), issues: [] };
}

function doubtful(issues: readonly string[], ends: readonly End[]): PolicyVerdict {
  const isolatedBy = ends[0]?.isolatedBy ?? [];
  return { allowed: null, because: 'doubtful', by: [], isolatedBy, nearMisses: [], issues };
}

function fromTier(walk: Walk, index: number, isIsolated: boolean): readonly End[] {
  const tier = walk.model.tiers[index];
  if (!tier) {
    const because = isIsolated ? 'profile' : 'not-isolated';
    return [{ allowed: true, because, by: [], isolatedBy: [] }];
  }
  const policies = tier.policies.filter((policy) => policy.selects(walk.source));
  if (policies.length === 0) return fromTier(walk, index + 1, isIsolated);
  return fromPolicy(walk, index, policies, 0, 0);
}

function fromPolicy(
  walk: Walk,
  tierIndex: number,
  policies: readonly CompiledPolicy[],
  at: number,
  ruleAt: number,
): readonly End[] {
  const tier = walk.model.tiers[tierIndex];
  const policy = policies[at];
  if (!policy) {
    if (tier?.endsWith === 'pass') return fromTier(walk, tierIndex + 1, true);
    return [{ allowed: false, because: 'end-of-tier', by: [], isolatedBy: policies.map(({ ref }) => ref) }];
  }
  const rule = policy.rules[ruleAt];
  if (!rule) return fromPolicy(walk, tierIndex, policies, at + 1, 0);

  const ref = { ...policy.ref, path: rule.path };
  const onward = () => fromPolicy(walk, tierIndex, policies, at, ruleAt + 1);
  const taken = (): readonly End[] => {
    if (rule.action === 'pass') return fromTier(walk, tierIndex + 1, true);
    const isolatedBy = policies.map((each) => each.ref);
    const allowed = rule.action === 'allow';
    return [{ allowed, because: allowed ? 'rule' : 'denied-by-rule', by: [ref], isolatedBy }];
  };
  const match: Match = matchRule(rule, walk.flow, walk.source);
  if (match.kind === 'yes') return taken();
  if (match.kind === 'unknown') {
    walk.doubts.add(`${ref.kind} ${ref.name} ${ref.path}: ${match.doubt}`);
    return [...taken(), ...onward()];
  }
  if (match.missed !== null && rule.action === 'allow') walk.misses.push({ ...ref, missed: match.missed });
  return onward();
}

function unique(misses: readonly (RuleRef & { readonly missed: string })[]): (RuleRef & { readonly missed: string })[] {
  const seen = new Map(misses.map((miss) => [`${miss.kind} ${miss.name} ${miss.path} ${miss.missed}`, miss]));
  return [...seen.values()];
}
