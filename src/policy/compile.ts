import type { Calico, Policies, StoredObject } from '../evidence/objects.ts';
import { parseCidr } from '../net/cidr.ts';
import { compileAdminPolicy } from './admin.ts';
import { compileCalicoPolicy, concernsEgress, isStoredDirectly } from './calico.ts';
import { namespaceProfile } from './endpoint.ts';
import { compileNetworkPolicy } from './kubernetes.ts';
import type { LabelledNets, PolicyModel } from './model.ts';
import { record, strings } from './read.ts';
import { enforces, type Release, releaseOf } from './release.ts';
import { netsOf } from './rule.ts';
import { isEmpty } from './selection.ts';
import { namespaceLabel } from './selector.ts';
import { type Placed, tiersOf } from './tiers.ts';

/** Kinds of which nobody's egress depends by itself. */
const harmless =
  /^(Tier|NetworkSet|GlobalNetworkSet|Profile|HostEndpoint|Staged\w+|Namespace|ServiceAccount|ClusterInformation)$/;

/** Labels of these are missed where a selector asks for them, and nowhere else. */
const missedWhereAsked = /^(Namespace|ServiceAccount|NetworkSet|GlobalNetworkSet)$/;

interface Enforcer {
  readonly calico: Calico | null;
  readonly release: Release | null;
}

const isCalico = ({ apiVersion }: StoredObject) => /^(crd\.)?projectcalico\.org\//.test(apiVersion);

function place(object: StoredObject, enforcer: Enforcer): Placed | string | null {
  const group = object.apiVersion.split('/')[0];
  if (group === 'networking.k8s.io' && object.kind === 'NetworkPolicy') {
    const policy = compileNetworkPolicy(object);
    return policy && { tier: 'default', policy };
  }
  if (isCalico(object) && (object.kind === 'NetworkPolicy' || object.kind === 'GlobalNetworkPolicy')) {
    const policy = compileCalicoPolicy(object, enforcer.release);
    return policy && { tier: policy.tier, policy };
  }
  if (group === 'policy.networking.k8s.io') {
    const { calico, release } = enforcer;
    if (release && calico?.flavour !== 'absent' && !enforces(release, object.kind)) return null;
    const doubt = calico && (calico.flavour === 'absent' || !release) ? 'it may not be enforced in this cluster' : null;
    const policy = compileAdminPolicy(object, doubt);
    return policy && { tier: policy.tier === 'admin' ? 'kube-admin' : 'kube-baseline', policy };
  }
  return harmless.test(object.kind)
    ? null
    : `${object.kind} ${object.metadata.name} (${object.apiVersion}) is not understood`;
}

/**
 * Resolves what the APIs leave open, once. What cannot be understood becomes an issue, never a silence. What Calico is here
 * decides which kinds and which of its two API groups are enforced; without it, all that is stored counts as enforced.
 */
export function compilePolicies(policies: Policies, calico: Calico | null = null): PolicyModel {
  const enforcer = { calico, release: releaseOf(calico?.version ?? null) };
  const isV3 = calico?.flavour === 'v3-aggregated' || calico?.flavour === 'v3-native';
  // Behind the v3 API the older group is the same objects again, or objects that nobody enforces.
  const objects = policies.objects.filter((object) => !(isV3 && isStoredDirectly(object)));
  const placed = objects.map((object) => place(object, enforcer));
  const unread = policies.unread.filter(({ kind }) => !missedWhereAsked.test(kind));
  const podNets = (calico?.ipPools ?? []).flatMap(({ cidr }) => parseCidr(cidr) ?? []);
  return {
    tiers: tiersOf(
      placed.filter((each) => typeof each === 'object' && each !== null),
      objects,
    ),
    issues: [
      ...unread.map(({ kind, reason }) => `${kind} could not be read: ${reason}`),
      ...policies.notUnderstood.map((kind) => `${kind} is present and not understood`),
      ...placed.filter((each) => typeof each === 'string'),
    ],
    beyond: objects.filter(isForHosts).map(({ metadata }) => {
      return `GlobalNetworkPolicy ${metadata.name} may apply to what leaves the node, which is not judged here`;
    }),
    sets: objects.flatMap((object) => labelledNets(object, policies.namespaces)),
    areSetsKnown: !policies.unread.some(({ kind }) => /NetworkSet$/.test(kind)),
    podNets: podNets.length > 0 ? podNets : null,
  };
}

/** Policies of host endpoints that forwarded packets meet too; one that asks for namespaces never selects a host. */
function isForHosts(object: StoredObject): boolean {
  const { applyOnForward, doNotTrack, namespaceSelector } = record(object.spec);
  const isMeant = (applyOnForward === true || doNotTrack === true) && isEmpty(namespaceSelector);
  return isCalico(object) && object.kind === 'GlobalNetworkPolicy' && isMeant && concernsEgress(object);
}

function labelledNets(object: StoredObject, namespaces: readonly StoredObject[]): LabelledNets[] {
  if (!isCalico(object) || (object.kind !== 'NetworkSet' && object.kind !== 'GlobalNetworkSet')) return [];
  const { labels: own = {}, namespace } = object.metadata;
  const { cidrs } = netsOf(strings(record(object.spec).nets));
  if (object.kind === 'GlobalNetworkSet' || namespace === undefined) return [{ labels: own, nets: cidrs }];
  const profile = namespaceProfile(namespace, namespaces).labels;
  return [{ labels: { ...profile, ...own, [namespaceLabel]: namespace }, nets: cidrs }];
}
