import type { StoredObject } from '../evidence/objects.ts';
import type { CompiledPolicy, CompiledTier } from './model.ts';
import { record } from './read.ts';

interface TierFact {
  readonly order: number;
  readonly endsWith: 'deny' | 'pass';
}

/** The tiers that exist without an object: the default one, and those of the administrator policies. */
const builtIn: Readonly<Record<string, TierFact>> = {
  'kube-admin': { order: 1_000, endsWith: 'pass' },
  default: { order: 1_000_000, endsWith: 'deny' },
  'kube-baseline': { order: 10_000_000, endsWith: 'pass' },
};

/** What Calico called those of the administrator policies up to 3.31. */
const elders: Readonly<Record<string, string>> = {
  adminnetworkpolicy: 'kube-admin',
  baselineadminnetworkpolicy: 'kube-baseline',
};

/** A tier without an object sorts last of all and still ends with Deny (felix calc graph, policy_sorter.go). */
const missing: TierFact = { order: Number.POSITIVE_INFINITY, endsWith: 'deny' };

function tierFacts(objects: readonly StoredObject[]): Map<string, TierFact> {
  const facts = new Map(Object.entries(builtIn));
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'Tier') continue;
    const { order, defaultAction } = record(spec);
    facts.set(elders[metadata.name] ?? metadata.name, {
      order: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
      endsWith: defaultAction === 'Pass' ? 'pass' : 'deny',
    });
  }
  return facts;
}

export interface Placed {
  readonly tier: string;
  readonly policy: CompiledPolicy;
}

export function tiersOf(placed: readonly Placed[], objects: readonly StoredObject[]): CompiledTier[] {
  const facts = tierFacts(objects);
  // Last comes what has no object, after tiers whose object states no order.
  const rank = (name: string) => (facts.has(name) ? 0 : 1);
  return [...Map.groupBy(placed, ({ tier }) => tier)]
    .map(([name, members]): CompiledTier => {
      const policies = members.map(({ policy }) => policy).toSorted(byOrder);
      return { name, ...(facts.get(name) ?? missing), policies };
    })
    .toSorted((a, b) => rank(a.name) - rank(b.name) || compare(a.order, b.order) || compare(a.name, b.name));
}

function compare<T extends number | string>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Calico breaks a tie by name/namespace/kind; `default.` before a stored name does not count. */
const tieBreaker = ({ ref }: CompiledPolicy) =>
  `${ref.name.replace(/^default\./, '')}/${ref.namespace ?? ''}/${ref.kind}`;

function byOrder(a: CompiledPolicy, b: CompiledPolicy): number {
  return compare(a.order, b.order) || compare(tieBreaker(a), tieBreaker(b));
}
