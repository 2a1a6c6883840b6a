import type { Policies, StoredObject } from '../evidence/objects.ts';
import { compileAdminPolicy } from './admin.ts';
import { compileCalicoPolicy } from './calico.ts';
import { compileNetworkPolicy } from './kubernetes.ts';
import type { CompiledPolicy, CompiledTier, PolicyModel } from './model.ts';
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

/** A tier without an object sorts last of all and still ends with Deny (felix calc graph, policy_sorter.go). */
const missing: TierFact = { order: Number.POSITIVE_INFINITY, endsWith: 'deny' };

function tierFacts(objects: readonly StoredObject[]): Map<string, TierFact> {
  const facts = new Map(Object.entries(builtIn));
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'Tier') continue;
    const { order, defaultAction } = record(spec);
    facts.set(metadata.name, {
      order: typeof order === 'number' ? order : Number.POSITIVE_INFINITY,
      endsWith: defaultAction === 'Pass' ? 'pass' : 'deny',
    });
  }
  return facts;
}

interface Placed {
  readonly tier: string;
  readonly policy: CompiledPolicy;
  readonly doubts: readonly string[];
}

/** Whether nothing that is not on the list could decide egress too. */
const harmless =
  /^(Tier|NetworkSet|GlobalNetworkSet|Profile|HostEndpoint|Staged\w+|Namespace|ServiceAccount|ClusterInformation)$/;

function place(object: StoredObject): Placed | string | null {
  const group = object.apiVersion.split('/')[0];
  if (group === 'networking.k8s.io' && object.kind === 'NetworkPolicy') {
    const policy = compileNetworkPolicy(object);
    return policy && { tier: 'default', policy, doubts: [] };
  }
  const isCalico = group === 'projectcalico.org' || group === 'crd.projectcalico.org';
  if (isCalico && (object.kind === 'NetworkPolicy' || object.kind === 'GlobalNetworkPolicy')) {
    const policy = compileCalicoPolicy(object);
    return policy && { tier: policy.tier, policy, doubts: policy.doubts };
  }
  if (group === 'policy.networking.k8s.io') {
    const policy = compileAdminPolicy(object);
    return policy && { tier: policy.tier === 'admin' ? 'kube-admin' : 'kube-baseline', policy, doubts: [] };
  }
  return harmless.test(object.kind)
    ? null
    : `${object.kind} ${object.metadata.name} (${object.apiVersion}) is not understood`;
}

/** Resolves what the APIs leave open, once. What cannot be understood becomes an issue, never a silence. */
export function compilePolicies({ objects, unread, notUnderstood }: Policies): PolicyModel {
  const placed = objects.map(place);
  const known = placed.filter((each) => typeof each === 'object' && each !== null);
  const facts = tierFacts(objects);
  const tiers = [...Map.groupBy(known, ({ tier }) => tier)].map(([name, members]): CompiledTier => {
    const { order, endsWith } = facts.get(name) ?? missing;
    const policies = members.map(({ policy }) => policy).toSorted(byOrder);
    return { name, order, endsWith, policies };
  });
  return {
    tiers: tiers.toSorted((a, b) => compare(a.order, b.order) || (a.name < b.name ? -1 : 1)),
    issues: [
      ...unread.map(({ kind, reason }) => `${kind} could not be read: ${reason}`),
      ...notUnderstood.map((kind) => `${kind} is present and not understood`),
      ...placed.filter((each) => typeof each === 'string'),
      ...known.flatMap(({ policy, doubts }) =>
        doubts.map((doubt) => `${policy.ref.kind} ${policy.ref.name}: ${doubt}`),
      ),
    ],
  };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const nameOf = ({ ref }: CompiledPolicy) => `${ref.name}/${ref.namespace ?? ''}/${ref.kind}`;

function byOrder(a: CompiledPolicy, b: CompiledPolicy): number {
  return compare(a.order, b.order) || (nameOf(a) < nameOf(b) ? -1 : 1);
}
