import type { ParsedFlow } from './flow.ts';
import { everythingIsAbsent, matchRule } from './match.ts';
import type { Bearer, CompiledPolicy, CompiledTier, PolicyRef, PolicyVerdict, RuleRef } from './model.ts';
import { type Selecting, selectingIn } from './selecting.ts';

type NearMiss = PolicyVerdict['nearMisses'][number];

interface End {
  readonly allowed: boolean;
  readonly because: Exclude<PolicyVerdict['because'], 'doubtful'>;
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly PolicyRef[];
  readonly tier: string | null;
}

export interface Walk {
  readonly flow: ParsedFlow;
  /** Every way in which the walk may end; a single one unless something is not understood. */
  readonly ends: End[];
  readonly misses: NearMiss[];
  readonly doubts: Set<string>;
}

export const newWalk = (flow: ParsedFlow, issues: readonly string[]): Walk => {
  return { flow, ends: [], misses: [], doubts: new Set(issues) };
};

export const open = { allowed: true, by: [], isolatedBy: [] } as const;

/** The policies of each tier that select `subject`, one after the other, until one of them decides for sure. */
export function walkTiers(walk: Walk, tiers: readonly CompiledTier[], subject: Bearer) {
  let isSelected = false;
  const goesOn = tiers.every((tier) => {
    const outcome = walkTier(walk, tier, subject);
    isSelected ||= outcome.isSelected;
    return outcome.goesOn;
  });
  return { goesOn, isSelected };
}

export function verdictOf({ ends, doubts, misses }: Walk, issues: readonly string[]): PolicyVerdict {
  // Of several ends alike the last is sure, but a Deny that may be meant is not passed over.
  const end = ends.find(({ because }) => because === 'denied-by-rule') ?? ends.at(-1);
  const isOneAnswer = ends.every(({ allowed }) => allowed === end?.allowed);
  // What was not read at all could deny as well as allow, in any tier.
  if (!end || !isOneAnswer || issues.length > 0) return doubtful([...doubts], ends);
  return { ...end, nearMisses: end.allowed ? [] : unique(misses), issues: [] };
}

export function doubtful(issues: readonly string[], ends: readonly Pick<End, 'isolatedBy'>[]): PolicyVerdict {
  const isolatedBy = ends.find((end) => end.isolatedBy.length > 0)?.isolatedBy ?? [];
  return { allowed: null, because: 'doubtful', by: [], isolatedBy, tier: null, nearMisses: [], issues };
}

function walkTier(walk: Walk, tier: CompiledTier, subject: Bearer): { goesOn: boolean; isSelected: boolean } {
  const selecting = selectingIn(tier, subject);
  if (selecting.length === 0) return { goesOn: true, isSelected: false };

  for (const { policy, doubt } of selecting) if (doubt !== null) walk.doubts.add(`${nameOf(policy.ref)}: ${doubt}`);
  const isSelected = selecting.some(({ doubt }) => doubt === null);
  const isolatedBy = selecting.map(({ policy }) => policy.ref);
  let goesOn = false;
  for (const [index, { policy, doubt }] of selecting.entries()) {
    const { passes, isDecided } = walkPolicy(walk, policy, isolatedBy, doubt);
    goesOn ||= passes;
    if (!isDecided || doubt !== null) continue;
    nameOthers(walk, selecting.slice(index));
    return { goesOn, isSelected };
  }
  if (tier.endsWith === 'pass') return { goesOn: true, isSelected };
  walk.ends.push({ allowed: false, because: 'end-of-tier', by: [], isolatedBy, tier: tier.name });
  // If none of them selects the pod after all, the tier lets it by.
  return { goesOn: goesOn || !isSelected, isSelected };
}

function walkPolicy(walk: Walk, policy: CompiledPolicy, isolatedBy: readonly PolicyRef[], said: string | null) {
  let passes = false;
  for (const rule of policy.rules) {
    const match = matchRule(rule, walk.flow);
    if (match.kind === 'no') {
      if (match.missed !== null && rule.action === 'allow' && !isMislabelled(policy, rule.path, match.missed)) {
        walk.misses.push({ ...policy.ref, path: rule.path, missed: match.missed });
      }
      continue;
    }
    const ref = { ...policy.ref, path: rule.path };
    // A policy that cannot be read at all has said so already.
    if (match.kind === 'unknown' && match.doubt !== said) walk.doubts.add(`${nameOf(ref)} ${ref.path}: ${match.doubt}`);
    if (rule.action === 'pass') passes = true;
    else {
      const allowed = rule.action === 'allow';
      walk.ends.push({ allowed, because: allowed ? 'rule' : 'denied-by-rule', by: [ref], isolatedBy, tier: null });
    }
    if (match.kind === 'yes') return { passes, isDecided: true };
  }
  return { passes, isDecided: false };
}

/** Kubernetes' policies add up, so which of them comes first says nothing: each rule that admits the flow is named. */
function nameOthers(walk: Walk, [decided, ...later]: readonly Selecting[]): void {
  const end = walk.ends.at(-1);
  if (decided?.policy.ref.kind !== 'NetworkPolicy' || end?.because !== 'rule') return;
  const alike = [decided, ...later].filter(
    ({ policy, doubt }) => policy.ref.kind === 'NetworkPolicy' && doubt === null,
  );
  const by = alike.flatMap(({ policy: { ref, rules } }) =>
    rules.filter((rule) => matchRule(rule, walk.flow).kind === 'yes').map(({ path }) => ({ ...ref, path })),
  );
  walk.ends[walk.ends.length - 1] = { ...end, by: distinctRefs(by) };
}

function distinctRefs(refs: readonly RuleRef[]): RuleRef[] {
  return [...new Map(refs.map((ref) => [`${nameOf(ref)} ${ref.path}`, ref])).values()];
}

/** One rule of the API becomes one here per peer: if another peer of it lists ::/0, then ::/0 is not what is absent. */
function isMislabelled({ rules }: CompiledPolicy, path: string, missed: string): boolean {
  return (
    missed === everythingIsAbsent &&
    rules.some(
      (rule) => rule.path === path && rule.nets?.some(({ family, prefixLength }) => family === 6 && prefixLength === 0),
    )
  );
}

export const nameOf = ({ kind, namespace, name }: PolicyRef): string =>
  `${kind} ${namespace === null ? name : `${namespace}/${name}`}`;

function unique(misses: readonly NearMiss[]): NearMiss[] {
  return [...new Map(misses.map((miss) => [`${nameOf(miss)} ${miss.path} ${miss.missed}`, miss])).values()];
}
