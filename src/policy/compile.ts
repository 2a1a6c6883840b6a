import type { Calico, Policies, StoredObject } from '../evidence/objects.ts';
import { type Cidr, parseCidr } from '../net/cidr.ts';
import { compileAdminPolicy } from './admin.ts';
import { compileCalicoPolicy, isStoredDirectly } from './calico.ts';
import { bearerOf } from './endpoint.ts';
import { type HostSide, hostSideOf } from './hosts.ts';
import { isAdminPolicy, isCalico, isCalicoPolicy, isKubernetesPolicy, mayDecide } from './kinds.ts';
import { compileNetworkPolicy } from './kubernetes.ts';
import type { Problem } from './manifests.ts';
import type { CompiledTier, LabelledNets, PolicyModel } from './model.ts';
import { record, strings } from './read.ts';
import { enforces, type Release, releaseOf } from './release.ts';
import { netsOf } from './rule.ts';
import { adminTier, type Placed, tiersOf } from './tiers.ts';

/** Labels of these are missed where a selector asks for them, and nowhere else. */
const missedWhereAsked = /^(Namespace|ServiceAccount|NetworkSet|GlobalNetworkSet)$/;

/** What is known besides the policies; nothing of it where they were read for one pod alone. */
export interface Surroundings {
  /** Every HostEndpoint is among the objects. */
  readonly areHostsRead: boolean;
  readonly services: PolicyModel['services'];
  readonly podNets: readonly Cidr[] | null;
  /** What could not be read at all. */
  readonly problems: readonly Problem[];
}

const nothingMore: Surroundings = { areHostsRead: false, services: null, podNets: null, problems: [] };

interface Enforcer {
  readonly calico: Calico | null;
  readonly release: Release | null;
}

function place(object: StoredObject, { calico, release }: Enforcer): Placed | Problem | null {
  if (isKubernetesPolicy(object)) {
    const policy = compileNetworkPolicy(object, calico !== null && calico.flavour !== 'absent');
    return policy && { tier: 'default', policy };
  }
  if (isCalicoPolicy(object)) {
    const policy = compileCalicoPolicy(object, release);
    return policy && { tier: policy.tier, policy };
  }
  if (isAdminPolicy(object)) {
    const isHere = calico?.flavour !== 'absent';
    if (release && isHere && !enforces(release, object.kind)) return null;
    const doubt = calico && (!isHere || !release) ? 'it may not be enforced in this cluster' : null;
    const policy = compileAdminPolicy(object, doubt, release !== null && isHere);
    return policy && { tier: adminTier(policy.tier, object.kind), policy };
  }
  if (!mayDecide(object)) return null;
  const { name, namespace } = object.metadata;
  return { namespace: namespace ?? null, text: `${object.kind} ${name} (${object.apiVersion}) is not understood` };
}

interface Remembered {
  readonly by: string;
  readonly placed: Placed | Problem | null;
}

const remembered = new WeakMap<StoredObject, Remembered>();

/** Objects are never changed, only replaced, so that a simulation compiles what is new and nothing else. */
function placeOnce(object: StoredObject, enforcer: Enforcer): Placed | Problem | null {
  const by = `${enforcer.calico?.flavour} ${enforcer.calico?.version}`;
  const known = remembered.get(object);
  if (known?.by === by) return known.placed;
  const placed = place(object, enforcer);
  remembered.set(object, { by, placed });
  return placed;
}

/**
 * Resolves what the APIs leave open, once. What cannot be understood becomes an issue, never a silence. What Calico is here
 * decides which kinds and which of its two API groups are enforced; without it, all that is stored counts as enforced.
 */
export function compilePolicies(
  policies: Policies,
  calico: Calico | null = null,
  surroundings: Surroundings = nothingMore,
): PolicyModel {
  const enforcer = { calico, release: releaseOf(calico?.version ?? null) };
  const isV3 = calico?.flavour === 'v3-aggregated' || calico?.flavour === 'v3-native';
  // Behind the v3 API the older group is the same objects again, or objects that nobody enforces.
  const objects = policies.objects.filter((object) => !(isV3 && isStoredDirectly(object)));
  const found = objects.map((object) => placeOnce(object, enforcer));
  const placed = found.filter((each) => each !== null && 'tier' in each);
  const problems = [...surroundings.problems, ...found.filter((each) => each !== null && 'text' in each)];
  const { tiers, otherTiers, issues } = ordered(placed, objects, enforcer.release);
  const unread = policies.unread.filter(({ kind }) => !missedWhereAsked.test(kind));
  const pools = (calico?.ipPools ?? []).flatMap(({ cidr }) => parseCidr(cidr) ?? []);
  const sets = objects.filter(isSet).map((object) => labelledNets(object, policies.namespaces));
  const hosts: HostSide = hostSideOf(
    objects,
    enforcer.release,
    surroundings.areHostsRead || policies.areHostsRead === true,
  );
  return {
    tiers,
    otherTiers,
    issues: [
      ...unread.map(({ kind, reason }) => `${kind} could not be read: ${reason}`),
      ...policies.notUnderstood.map((kind) => `${kind} is present and not understood`),
      ...problems.flatMap(({ namespace, text }) => (namespace === null ? [text] : [])),
      ...issues,
    ],
    issuesIn: byNamespace(problems),
    ...hosts,
    sets: [...sets.flatMap((each) => each.nets), ...hosts.expected],
    areSetsKnown: !policies.unread.some(({ kind }) => /NetworkSet$/.test(kind)) && sets.every((each) => each.isWhole),
    podNets: surroundings.podNets ?? (pools.length > 0 ? pools : null),
    services: surroundings.services,
  };
}

function byNamespace(problems: readonly Problem[]): PolicyModel['issuesIn'] {
  const found = new Map<string, string[]>();
  for (const { namespace, text } of problems) {
    if (namespace !== null) found.set(namespace, [...(found.get(namespace) ?? []), text]);
  }
  return found;
}

/** With both orders where ties are broken differently and nobody knows by which release. */
function ordered(placed: readonly Placed[], objects: readonly StoredObject[], release: Release | null) {
  const tie = release === null || release.isAtLeast(3, 32) ? 'later' : 'elder';
  const first = tiersOf(placed, objects, release, tie);
  const other = release === null ? tiersOf(placed, objects, release, 'elder') : first;
  const isSame = first.tiers.every((tier, index) => hasOrderOf(tier, other.tiers[index]));
  return { ...first, otherTiers: isSame ? null : other.tiers };
}

const hasOrderOf = (a: CompiledTier, b: CompiledTier | undefined): boolean =>
  a.policies.every((policy, index) => policy === b?.policies[index]);

const isSet = (object: StoredObject): boolean =>
  isCalico(object) && (object.kind === 'NetworkSet' || object.kind === 'GlobalNetworkSet');

function labelledNets(object: StoredObject, namespaces: readonly StoredObject[]) {
  const { nets } = record(object.spec);
  const listed = Array.isArray(nets) ? nets : [];
  const { cidrs, unread } = netsOf(strings(listed));
  const isWhole = unread.length === 0 && (nets === undefined || nets === null || cidrs.length === listed.length);
  const { name, namespace = 'default' } = object.metadata;
  const scope = object.kind === 'GlobalNetworkSet' ? undefined : namespace;
  const { namespace: _own, ...metadata } = object.metadata;
  const placed = { ...object, metadata: { ...metadata, name, ...(scope === undefined ? {} : { namespace: scope }) } };
  const set: LabelledNets = { ...bearerOf(placed, namespaces), nets: cidrs };
  return { isWhole, nets: [set] };
}
