import type { Policies, StoredObject } from '../../src/evidence/objects.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterSession, ReadOutcome } from '../../src/ports.ts';
import { calicoBase } from './calico.ts';
import type { Groups } from './discovery.ts';
import { unseen } from './outcome.ts';
import { pruned, recordOf } from './prune.ts';

interface Kind {
  readonly kind: string;
  readonly path: string;
}

/** Policy groups of other CNIs: their presence makes "allowed" no more than what we can read. */
const foreign: Readonly<Record<string, string>> = {
  'cilium.io': 'CiliumNetworkPolicy',
  'crd.antrea.io': 'Antrea NetworkPolicy',
  'policy.antrea.io': 'Antrea NetworkPolicy',
  'k8s.ovn.org': 'OVN-Kubernetes EgressFirewall',
  'kubeovn.io': 'Kube-OVN security group',
  'networking.k8s.aws': 'AWS PolicyEndpoint',
};

/** Every object that may decide the egress of this namespace's pods, and what could not be read. */
export async function readPolicies(
  session: ClusterSession,
  groups: ReadOutcome<Groups>,
  namespace: string,
  serviceAccount: string,
): Promise<Observation<Policies>> {
  if (!groups.ok) return unseen('API groups', groups);
  const kinds = kindsIn(groups.value, namespace);
  const [owner, account, ...lists] = await Promise.all([
    session.get(`/api/v1/namespaces/${namespace}`),
    session.get(`/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}`),
    ...kinds.map(async (kind) => ({ kind, outcome: await session.list(kind.path) })),
  ]);

  const objects: StoredObject[] = [];
  const unread: { kind: string; reason: string }[] = [];
  for (const { kind, outcome } of lists) {
    if (outcome.ok) objects.push(...outcome.value.items.map((item) => pruned(item, ['spec'])));
    // The group is served without this kind.
    else if (outcome.reason !== 'absent-api') unread.push({ kind: kind.kind, reason: outcome.message });
  }
  const hosts = await readHosts(session, groups.value, objects);
  objects.push(...hosts.objects);
  if (!owner.ok) unread.push({ kind: 'Namespace', reason: owner.message });
  if (!account.ok) unread.push({ kind: 'ServiceAccount', reason: account.message });

  const policies: Policies = {
    objects,
    namespaces: owner.ok ? [pruned({ ...owner.value, kind: 'Namespace', apiVersion: 'v1' })] : [],
    serviceAccounts: account.ok ? [pruned({ ...account.value, kind: 'ServiceAccount', apiVersion: 'v1' })] : [],
    unread,
    notUnderstood: foreignIn(groups.value),
    ...(hosts.areRead ? { areHostsRead: true } : {}),
  };
  return observed(policies, `the policy objects that concern namespace ${namespace}`);
}

interface Hosts {
  readonly objects: readonly StoredObject[];
  readonly areRead: boolean;
}

/** Host endpoints, but only where a policy is there that packets of pods may meet at one. */
async function readHosts(session: ClusterSession, groups: Groups, objects: readonly StoredObject[]): Promise<Hosts> {
  const calico = calicoBase(groups);
  const mayMatter = objects.some(({ kind, spec }) => kind === 'GlobalNetworkPolicy' && meetsHosts(recordOf(spec)));
  if (calico === null || !mayMatter) return { objects: [], areRead: false };
  const outcome = await session.list(`${calico}/hostendpoints`);
  if (outcome.ok) {
    return { objects: outcome.value.items.map((item) => pruned(item, ['spec'])), areRead: true };
  }
  // Every answer stays in doubt then, as it does for any policy that was not read.
  return { objects: [], areRead: false };
}

function meetsHosts({ applyOnForward, doNotTrack, preDNAT }: Record<string, unknown>): boolean {
  return applyOnForward === true || doNotTrack === true || preDNAT === true;
}

function foreignIn(groups: Groups): string[] {
  const kinds = Object.entries(foreign).flatMap(([group, kind]) => (groups.has(group) ? [kind] : []));
  return [...new Set(kinds)];
}

function kindsIn(groups: Groups, namespace: string): Kind[] {
  const calico = calicoBase(groups);
  const network = '/apis/networking.k8s.io/v1';
  const admin = groups.get('policy.networking.k8s.io') ?? [];
  return [
    { kind: 'NetworkPolicy', path: `${network}/namespaces/${namespace}/networkpolicies` },
    ...(calico === null
      ? []
      : [
          { kind: 'Calico NetworkPolicy', path: namespacedPath(calico, namespace) },
          { kind: 'GlobalNetworkPolicy', path: `${calico}/globalnetworkpolicies` },
          { kind: 'Tier', path: `${calico}/tiers` },
          { kind: 'GlobalNetworkSet', path: `${calico}/globalnetworksets` },
          { kind: 'NetworkSet', path: `${calico}/networksets` },
        ]),
    ...admin.flatMap((version) => adminKinds(version)),
  ];
}

function namespacedPath(base: string, namespace: string): string {
  return `${base}/namespaces/${namespace}/networkpolicies`;
}

/** v1alpha1 has the two Admin kinds, v1alpha2 and later the one that replaced them. */
function adminKinds(version: string): Kind[] {
  const base = `/apis/policy.networking.k8s.io/${version}`;
  if (version !== 'v1alpha1') return [{ kind: 'ClusterNetworkPolicy', path: `${base}/clusternetworkpolicies` }];
  return [
    { kind: 'AdminNetworkPolicy', path: `${base}/adminnetworkpolicies` },
    { kind: 'BaselineAdminNetworkPolicy', path: `${base}/baselineadminnetworkpolicies` },
  ];
}
