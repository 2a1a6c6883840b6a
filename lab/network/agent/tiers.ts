import type { KubeObject } from '../../contract.ts';
import { calicoPolicy, isOutbound, selectsEndpoint } from './calico-policy.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { calicoObjects, type Family, isCalico, type Known, type Member, type Pod, record } from './known.ts';
import { kubernetesPolicy } from './kubernetes-policy.ts';
import type { Policy, Tier } from './policy.ts';

interface Placed {
  readonly tier: string;
  readonly policy: Policy;
}

const isCalicoPolicy = (object: KubeObject) =>
  isCalico(object) && ['NetworkPolicy', 'GlobalNetworkPolicy'].includes(object.kind);

/** Policies for what is tracked and reaches a pod; the others are about hosts and come before conntrack. */
const isEarly = (policy: KubeObject) => {
  const { doNotTrack, preDNAT } = record(policy.spec);
  return doNotTrack === true || preDNAT === true;
};

const tierOf = (policy: KubeObject) => String(record(policy.spec).tier ?? 'default');

function placed(policy: KubeObject, pod: Pod, known: Known, family: Family): Placed | null {
  if (policy.apiVersion === 'networking.k8s.io/v1' && policy.kind === 'NetworkPolicy') {
    const compiled = kubernetesPolicy(policy, pod, known, family);
    return compiled && { tier: 'default', policy: compiled };
  }
  if (policy.kind === 'ClusterNetworkPolicy') {
    const compiled = clusterPolicy(policy, pod, known, family);
    const tier = record(policy.spec).tier === 'Baseline' ? 'kube-baseline' : 'kube-admin';
    return compiled && { tier, policy: compiled };
  }
  if (!isCalicoPolicy(policy) || isEarly(policy) || !isOutbound(policy) || !selectsEndpoint(policy, pod)) return null;
  return { tier: tierOf(policy), policy: calicoPolicy(policy, known, family) };
}

function sorted(all: readonly Placed[], { objects }: Known): Tier[] {
  const tiers = calicoObjects(objects, 'Tier');
  const find = (name: string) => tiers.find(({ metadata }) => metadata.name === name);
  const specOf = (name: string) => record(find(name)?.spec);
  // A tier that does not exist comes last, after those without an order, and what is in it is enforced all the same.
  const rankOf = (name: string) => (find(name) ? 0 : 1);
  const orderOf = (name: string) => Number(specOf(name).order ?? Number.POSITIVE_INFINITY);
  const compare = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...new Set(all.map(({ tier }) => tier))]
    .toSorted((a, b) => rankOf(a) - rankOf(b) || compare(orderOf(a), orderOf(b)) || (a < b ? -1 : 1))
    .map((name) => ({
      name,
      endsWithPass: specOf(name).defaultAction === 'Pass',
      policies: all
        .filter(({ tier }) => tier === name)
        .map(({ policy }) => policy)
        .toSorted((a, b) => compare(a.order, b.order) || (tieOf(a) < tieOf(b) ? -1 : 1)),
    }));
}

const tieOf = ({ name, namespace, kind }: Policy) => `${name}/${namespace ?? ''}/${kind}`;

/** What decides this pod's egress for one family, in order. Tiers without a policy for it are left out. */
export function tiersFor(pod: Pod, known: Known, family: Family): Tier[] {
  return sorted(
    known.objects.flatMap((policy) => placed(policy, pod, known, family) ?? []),
    known,
  );
}

/** What decides about packets that are forwarded out of a host endpoint. */
export function forwardTiersFor(host: Pick<Member, 'namespace' | 'labels'>, known: Known, family: Family): Tier[] {
  const meant = known.objects.filter(
    (policy) =>
      isCalico(policy) &&
      policy.kind === 'GlobalNetworkPolicy' &&
      record(policy.spec).applyOnForward === true &&
      !isEarly(policy) &&
      isOutbound(policy) &&
      selectsEndpoint(policy, host),
  );
  return sorted(
    meant.map((policy) => ({ tier: tierOf(policy), policy: calicoPolicy(policy, known, family) })),
    known,
  );
}
