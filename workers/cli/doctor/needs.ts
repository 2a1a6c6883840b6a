import { ownTier } from '../../../src/remediation/manifest.ts';
import { calicoBase } from '../../reads/calico.ts';
import type { Groups } from '../../reads/discovery.ts';

/** A process that has a service account; the bot has none. */
export type ClusterRole = 'probe' | 'remediate' | 'reap';

export interface Need {
  readonly group: string;
  /** With its subresource, as in `pods/exec`. */
  readonly resource: string;
  readonly verb: string;
  /** Where the right may be confined to one object. */
  readonly name?: string;
  /** May be granted by a RoleBinding, namespace by namespace. */
  readonly isNamespaced: boolean;
  /** What goes without it. */
  readonly why: string;
}

export interface Served {
  readonly groups: Groups;
  /** Calico's own API server asks for the policies of each tier apart. */
  readonly hasTierChecks: boolean;
}

const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '');
const needsWhere =
  (isNamespaced: boolean) =>
  (group: string, resources: string, verbs: string, why: string, name?: string): Need[] =>
    wordsOf(resources).flatMap((resource) =>
      wordsOf(verbs).map((verb) => ({
        ...{ group, resource, verb, why, isNamespaced },
        ...(name === undefined ? {} : { name }),
      })),
    );
const everywhere = needsWhere(false);
const inNamespaces = needsWhere(true);

const calicoV3 = 'projectcalico.org';
const shown = 'tells whether a policy is the cause';
const owners = 'names the workload that a policy selects';
const ended = 'finds and ends temporary policies';

/** Everything that a process of this role asks of such a cluster. A test holds it to what is asked. */
export function needsOf(role: ClusterRole, served: Served): Need[] {
  if (role === 'reap') return swept(served, 'list delete');
  const reads = read(served);
  if (role === 'probe') {
    return [
      ...reads,
      ...everywhere('', 'pods', 'list', 'finds the calico-node pod of a node'),
      ...inNamespaces('', 'pods/exec', 'get create', 'runs probes in pods and on nodes'),
      ...everywhere('', 'nodes', 'list', 'knows which node a destination is on that is a pod'),
    ];
  }
  return [...reads, ...swept(served, 'list'), ...written(served)];
}

function read({ groups, hasTierChecks }: Served): Need[] {
  const calico = calicoBase(groups)?.split('/')[2];
  return [
    ...inNamespaces('', 'pods', 'get list', 'finds the pod and its neighbours'),
    ...inNamespaces('', 'serviceaccounts', 'get', shown),
    ...everywhere('', 'namespaces', 'get', shown),
    ...everywhere('', 'nodes', 'get', "knows the node's addresses"),
    ...inNamespaces('apps', 'deployments replicasets statefulsets daemonsets', 'get list', owners),
    ...inNamespaces('batch', 'jobs', 'get list', owners),
    ...inNamespaces('networking.k8s.io', 'networkpolicies', 'list', shown),
    ...(calico === undefined
      ? []
      : [
          ...inNamespaces(calico, 'networkpolicies', 'list', shown),
          ...everywhere(calico, 'tiers globalnetworkpolicies globalnetworksets networksets', 'list', shown),
          ...everywhere(calico, 'ippools', 'list', 'knows which addresses are translated'),
          ...everywhere(
            calico,
            'felixconfigurations clusterinformations',
            'get',
            "knows Calico's settings and version",
          ),
        ]),
    ...(calico === calicoV3
      ? everywhere('apiregistration.k8s.io', 'apiservices', 'get', 'knows which API this is', `v3.${calicoV3}`)
      : []),
    ...everywhere(calicoV3, hasTierChecks ? 'tier.networkpolicies tier.globalnetworkpolicies' : '', 'list', shown),
    ...everywhere('policy.networking.k8s.io', adminKinds(groups), 'list', shown),
  ];
}

function adminKinds(groups: Groups): string {
  const versions = groups.get('policy.networking.k8s.io') ?? [];
  const old = versions.includes('v1alpha1') ? ['adminnetworkpolicies', 'baselineadminnetworkpolicies'] : [];
  const now = versions.some((version) => version !== 'v1alpha1') ? ['clusternetworkpolicies'] : [];
  return [...now, ...old].join(' ');
}

/** The kinds that a temporary policy may be, as far as they are served. */
const hasV3 = ({ groups }: Served): boolean => groups.get(calicoV3)?.includes('v3') ?? false;
const hasAdmin = ({ groups }: Served): boolean => groups.get('policy.networking.k8s.io')?.includes('v1alpha2') ?? false;

function swept(served: Served, verbs: string): Need[] {
  const tiers = served.hasTierChecks ? 'tier.networkpolicies' : '';
  return [
    ...everywhere('networking.k8s.io', 'networkpolicies', verbs, ended),
    ...everywhere(calicoV3, hasV3(served) ? 'networkpolicies' : '', verbs, ended),
    ...wordsOf(verbs).flatMap((verb) =>
      everywhere(calicoV3, tiers, verb, ended, ...(verb === 'list' ? [] : [`${ownTier}.*`])),
    ),
    ...everywhere('policy.networking.k8s.io', hasAdmin(served) ? 'clusternetworkpolicies' : '', verbs, ended),
  ];
}

function written(served: Served): Need[] {
  const verbs = 'get create patch delete';
  const why = 'writes temporary policies and ends them';
  const tiers = served.hasTierChecks ? 'tier.networkpolicies' : '';
  return [
    ...inNamespaces('networking.k8s.io', 'networkpolicies', verbs, why),
    ...inNamespaces(calicoV3, hasV3(served) ? 'networkpolicies' : '', verbs, why),
    ...everywhere(calicoV3, tiers, 'create patch delete', why, `${ownTier}.*`),
    ...everywhere('policy.networking.k8s.io', hasAdmin(served) ? 'clusternetworkpolicies' : '', verbs, why),
  ];
}
