import type { StoredObject } from '../evidence/objects.ts';
import type { CompiledPolicy, CompiledTier } from './model.ts';
import { faultIn, record } from './read.ts';
import type { Release } from './release.ts';

interface TierFact {
  readonly order: number;
  readonly endsWith: 'deny' | 'pass';
  /** What cannot be understood of its object. */
  readonly fault: string | null;
}

const last = Number.POSITIVE_INFINITY;
const fact = (order: number, endsWith: 'deny' | 'pass'): TierFact => ({ order, endsWith, fault: null });

/** The tiers that exist without an object: the default one, and those of the administrator policies. */
const builtIn = {
  default: fact(1_000_000, 'deny'),
  elder: { adminnetworkpolicy: fact(1_000, 'pass'), baselineadminnetworkpolicy: fact(10_000_000, 'pass') },
  later: { 'kube-admin': fact(1_000, 'pass'), 'kube-baseline': fact(10_000_000, 'pass') },
} as const;

/** A tier without an object sorts last of all and still ends with Deny (felix calc graph, policy_sorter.go). */
const missing = fact(last, 'deny');

/** The tier of an administrator policy. Calico renamed both in 3.32, with the kinds. */
export function adminTier(tier: 'admin' | 'baseline', kind: string): string {
  if (kind === 'ClusterNetworkPolicy') return `kube-${tier}`;
  return tier === 'admin' ? 'adminnetworkpolicy' : 'baselineadminnetworkpolicy';
}

function tierFacts(objects: readonly StoredObject[], release: Release | null): Map<string, TierFact> {
  const isLater = release?.isAtLeast(3, 32) ?? true;
  const isElder = release === null || (release.isAtLeast(3, 29) && !release.isAtLeast(3, 32));
  const facts = new Map<string, TierFact>([
    ['default', builtIn.default],
    ...(isElder ? Object.entries(builtIn.elder) : []),
    ...(isLater ? Object.entries(builtIn.later) : []),
  ]);
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'Tier') continue;
    const { order, defaultAction } = record(spec);
    const isAction =
      defaultAction === undefined || defaultAction === null || /^(Pass|Deny)$/.test(String(defaultAction));
    const fault = faultIn(spec, { order: 'number', defaultAction: 'string' }, 'spec');
    facts.set(metadata.name, {
      order: typeof order === 'number' ? order : last,
      endsWith: defaultAction === 'Pass' ? 'pass' : 'deny',
      fault: fault ?? (isAction ? null : `spec.defaultAction "${String(defaultAction).slice(0, 64)}" is unknown`),
    });
  }
  return facts;
}

export interface Placed {
  readonly tier: string;
  readonly policy: CompiledPolicy;
}

/** How Calico breaks a tie of orders: up to 3.31 by the name it gives a policy itself, later by name, namespace and kind. */
export type Tie = 'elder' | 'later';

export interface Tiers {
  readonly tiers: readonly CompiledTier[];
  readonly issues: readonly string[];
}

export function tiersOf(
  placed: readonly Placed[],
  objects: readonly StoredObject[],
  release: Release | null,
  tie: Tie,
): Tiers {
  const facts = tierFacts(objects, release);
  // Last comes what has no object, after tiers whose object states no order.
  const rank = (name: string) => (facts.has(name) ? 0 : 1);
  const groups = [...Map.groupBy(placed, ({ tier }) => tier)];
  return {
    tiers: groups
      .map(([name, members]): CompiledTier => {
        const { order, endsWith } = facts.get(name) ?? missing;
        return { name, order, endsWith, policies: inOrder(members, tie) };
      })
      .toSorted((a, b) => rank(a.name) - rank(b.name) || compare(a.order, b.order) || compare(a.name, b.name)),
    issues: groups.flatMap(([name]) => {
      const fault = facts.get(name)?.fault ?? null;
      return fault === null ? [] : [`Tier ${name} cannot be understood: ${fault}`];
    }),
  };
}

function compare<T extends number | string>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function inOrder(members: readonly Placed[], tie: Tie): readonly CompiledPolicy[] {
  const keyed = members.map(({ tier, policy }) => ({ policy, key: tieBreaker(policy, tier, tie) }));
  return keyed
    .toSorted((a, b) => compare(a.policy.order, b.policy.order) || compare(a.key, b.key))
    .map(({ policy }) => policy);
}

const laterKinds: Readonly<Record<string, string>> = {
  NetworkPolicy: 'KubernetesNetworkPolicy',
  'Calico NetworkPolicy': 'NetworkPolicy',
  GlobalNetworkPolicy: 'GlobalNetworkPolicy',
};

function tieBreaker({ ref }: CompiledPolicy, tier: string, tie: Tie): string {
  const { kind, name, namespace } = ref;
  const bare = name.replace(/^default\./, '');
  if (tie === 'later') return `${bare}/${namespace ?? ''}/${laterKinds[kind] ?? `Kubernetes${kind}`}`;
  const scope = namespace === null ? '' : `${namespace}/`;
  if (kind === 'NetworkPolicy') return `${scope}knp.default.${name}`;
  if (kind === 'AdminNetworkPolicy') return `kanp.adminnetworkpolicy.${name}`;
  return `${scope}${bare.startsWith(`${tier}.`) ? bare : `${tier}.${bare}`}`;
}
