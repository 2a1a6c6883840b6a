import type { Bearer, CompiledPolicy, CompiledTier } from './model.ts';

/** A policy that selects somebody, or may: then `doubt` says why that cannot be told. */
export interface Selecting {
  readonly policy: CompiledPolicy;
  readonly doubt: string | null;
}

/** The policies of a tier that can concern a namespace, in their order. */
interface Index {
  readonly everywhere: readonly Placed[];
  readonly inNamespace: ReadonlyMap<string, readonly Placed[]>;
}

interface Placed {
  readonly policy: CompiledPolicy;
  readonly at: number;
}

const indexes = new WeakMap<CompiledTier, Index>();
const answers = new WeakMap<CompiledTier, WeakMap<Bearer, readonly Selecting[]>>();

function indexOf(tier: CompiledTier): Index {
  const known = indexes.get(tier);
  if (known) return known;
  const placed = tier.policies.map((policy, at) => ({ policy, at }));
  const groups = Map.groupBy(placed, ({ policy }) => policy.ref.namespace);
  const inNamespace = new Map<string, readonly Placed[]>();
  for (const [namespace, members] of groups) if (namespace !== null) inNamespace.set(namespace, members);
  const index = { everywhere: groups.get(null) ?? [], inNamespace };
  indexes.set(tier, index);
  return index;
}

function inBoth(tier: CompiledTier, namespace: string | null): readonly Placed[] {
  const { everywhere, inNamespace } = indexOf(tier);
  const own = namespace === null ? [] : (inNamespace.get(namespace) ?? []);
  if (own.length === 0) return everywhere;
  return everywhere.length === 0 ? own : [...everywhere, ...own].toSorted((a, b) => a.at - b.at);
}

/** Asked once for each tier and bearer: thousands of flows of one pod meet the same policies. */
export function selectingIn(tier: CompiledTier, bearer: Bearer): readonly Selecting[] {
  const ofTier = answers.get(tier) ?? new WeakMap<Bearer, readonly Selecting[]>();
  const known = ofTier.get(bearer);
  if (known) return known;
  const found = inBoth(tier, bearer.namespace).flatMap(({ policy }): Selecting[] => {
    const selection = policy.selects(bearer);
    if (selection === 'no') return [];
    return [{ policy, doubt: selection === 'yes' ? null : selection.doubt }];
  });
  ofTier.set(bearer, found);
  answers.set(tier, ofTier);
  return found;
}
