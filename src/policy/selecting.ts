import type { Bearer, CompiledPolicy, CompiledTier } from './model.ts';
import { type Need, needsOf, whyUnknown } from './selection.ts';
import { labelValue } from './selector.ts';

/** A policy that selects somebody, or may: then `doubt` says why that cannot be told. */
export interface Selecting {
  readonly policy: CompiledPolicy;
  readonly doubt: string | null;
}

interface Placed {
  readonly policy: CompiledPolicy;
  /** Its turn in the tier. */
  readonly at: number;
}

/** Policies sorted by a label that whoever they select bears, so that of ten thousand a few are asked. */
interface Shelf {
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly Placed[]>>;
  readonly others: readonly Placed[];
}

/** One shelf for each namespace, and null for the policies of the cluster. */
type Index = ReadonlyMap<string | null, Shelf>;

const indexes = new WeakMap<CompiledTier, Index>();
const answers = new WeakMap<CompiledTier, WeakMap<Bearer, readonly Selecting[]>>();

function shelfOf(members: readonly Placed[]): Shelf {
  const counts = new Map<string, number>();
  const keyOf = ({ label, value }: Need) => `${label}=${value}`;
  for (const { policy } of members) {
    for (const need of needsOf(policy.selects)) counts.set(keyOf(need), (counts.get(keyOf(need)) ?? 0) + 1);
  }
  const byLabel = new Map<string, Map<string, Placed[]>>();
  const others: Placed[] = [];
  for (const placed of members) {
    // The rarest of them leaves the fewest to be asked in vain.
    const [need] = needsOf(placed.policy.selects).toSorted(
      (a, b) => (counts.get(keyOf(a)) ?? 0) - (counts.get(keyOf(b)) ?? 0),
    );
    if (!need) {
      others.push(placed);
      continue;
    }
    const byValue = byLabel.get(need.label) ?? new Map<string, Placed[]>();
    const same = byValue.get(need.value);
    if (same) same.push(placed);
    else byValue.set(need.value, [placed]);
    byLabel.set(need.label, byValue);
  }
  return { byLabel, others };
}

function indexOf(tier: CompiledTier): Index {
  const known = indexes.get(tier);
  if (known) return known;
  const placed = tier.policies.map((policy, at) => ({ policy, at }));
  const groups = Map.groupBy(placed, ({ policy }) => policy.ref.namespace);
  const index = new Map([...groups].map(([namespace, members]) => [namespace, shelfOf(members)]));
  indexes.set(tier, index);
  return index;
}

function candidatesOn(shelf: Shelf | undefined, bearer: Bearer): Placed[] {
  if (!shelf) return [];
  const found = [...shelf.others];
  for (const [label, byValue] of shelf.byLabel) {
    const value = labelValue(bearer.labels, label);
    if (value !== undefined) found.push(...(byValue.get(value) ?? []));
    else if (whyUnknown(label, bearer) !== null) found.push(...[...byValue.values()].flat());
  }
  return found;
}

/** Asked once for each tier and bearer: thousands of flows of one pod meet the same policies. */
export function selectingIn(tier: CompiledTier, bearer: Bearer): readonly Selecting[] {
  const ofTier = answers.get(tier) ?? new WeakMap<Bearer, readonly Selecting[]>();
  const known = ofTier.get(bearer);
  if (known) return known;
  const index = indexOf(tier);
  const own = bearer.namespace === null ? [] : candidatesOn(index.get(bearer.namespace), bearer);
  const found = [...candidatesOn(index.get(null), bearer), ...own].flatMap(({ policy, at }) => {
    const selection = policy.selects(bearer);
    if (selection === 'no') return [];
    return [{ at, selecting: { policy, doubt: selection === 'yes' ? null : selection.doubt } }];
  });
  const inTurn = found.toSorted((a, b) => a.at - b.at).map(({ selecting }) => selecting);
  ofTier.set(bearer, inTurn);
  answers.set(tier, ofTier);
  return inTurn;
}
