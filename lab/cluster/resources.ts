/** One row of discovery: everything that a path, a rule or a message needs to know of a kind. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Defined by a CustomResourceDefinition: its list items carry kind and apiVersion, and strategic merge is refused. */
  readonly isCustom: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
}

type Row = readonly [plural: string, kind: string, scope: 'ns' | 'cluster', ...shortNames: string[]];

const every = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function group(groupVersion: string, isCustom: boolean, rows: readonly Row[], verbs = every): readonly Resource[] {
  const [first = '', second] = groupVersion.split('/');
  const place = second === undefined ? { group: '', version: first } : { group: first, version: second };
  return rows.map(([plural, kind, scope, ...shortNames]) => ({
    ...place,
    plural,
    kind,
    isNamespaced: scope === 'ns',
    isCustom,
    shortNames,
    verbs,
  }));
}

const calico: readonly Row[] = [
  ['bgpconfigurations', 'BGPConfiguration', 'cluster'],
  ['bgppeers', 'BGPPeer', 'cluster'],
  ['clusterinformations', 'ClusterInformation', 'cluster', 'clusterinfo'],
  ['felixconfigurations', 'FelixConfiguration', 'cluster', 'felixconfig'],
  ['globalnetworkpolicies', 'GlobalNetworkPolicy', 'cluster', 'gnp', 'cgnp', 'calicoglobalnetworkpolicies'],
  ['globalnetworksets', 'GlobalNetworkSet', 'cluster'],
  ['hostendpoints', 'HostEndpoint', 'cluster', 'hep', 'heps'],
  ['ipamconfigurations', 'IPAMConfiguration', 'cluster', 'ipamconfig'],
  ['ippools', 'IPPool', 'cluster'],
  ['kubecontrollersconfigurations', 'KubeControllersConfiguration', 'cluster', 'kcc'],
  ['networkpolicies', 'NetworkPolicy', 'ns', 'cnp', 'caliconetworkpolicy', 'caliconetworkpolicies'],
  ['networksets', 'NetworkSet', 'ns', 'netsets'],
  ['stagedglobalnetworkpolicies', 'StagedGlobalNetworkPolicy', 'cluster', 'sgnp'],
  ['stagedkubernetesnetworkpolicies', 'StagedKubernetesNetworkPolicy', 'ns', 'sknp'],
  ['stagednetworkpolicies', 'StagedNetworkPolicy', 'ns', 'snp'],
  ['tiers', 'Tier', 'cluster'],
];

export const resources: readonly Resource[] = [
  ...group('v1', false, [
    ['configmaps', 'ConfigMap', 'ns', 'cm'],
    ['endpoints', 'Endpoints', 'ns', 'ep'],
    ['events', 'Event', 'ns', 'ev'],
    ['namespaces', 'Namespace', 'cluster', 'ns'],
    ['nodes', 'Node', 'cluster', 'no'],
    ['pods', 'Pod', 'ns', 'po'],
    ['secrets', 'Secret', 'ns'],
    ['serviceaccounts', 'ServiceAccount', 'ns', 'sa'],
    ['services', 'Service', 'ns', 'svc'],
  ]),
  ...group('apps/v1', false, [
    ['daemonsets', 'DaemonSet', 'ns', 'ds'],
    ['deployments', 'Deployment', 'ns', 'deploy'],
    ['replicasets', 'ReplicaSet', 'ns', 'rs'],
    ['statefulsets', 'StatefulSet', 'ns', 'sts'],
  ]),
  ...group('batch/v1', false, [
    ['cronjobs', 'CronJob', 'ns', 'cj'],
    ['jobs', 'Job', 'ns'],
  ]),
  ...group('networking.k8s.io/v1', false, [['networkpolicies', 'NetworkPolicy', 'ns', 'netpol']]),
  ...group('discovery.k8s.io/v1', false, [['endpointslices', 'EndpointSlice', 'ns']]),
  ...group('apiregistration.k8s.io/v1', false, [['apiservices', 'APIService', 'cluster']]),
  ...group(
    'authorization.k8s.io/v1',
    false,
    [['selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'cluster']],
    ['create'],
  ),
  ...group('projectcalico.org/v3', true, [...calico, ['profiles', 'Profile', 'cluster']]),
  ...group('crd.projectcalico.org/v1', true, calico),
  ...group('policy.networking.k8s.io/v1alpha2', true, [
    ['clusternetworkpolicies', 'ClusterNetworkPolicy', 'cluster', 'cnp'],
  ]),
  ...group('policy.networking.k8s.io/v1alpha1', true, [
    ['adminnetworkpolicies', 'AdminNetworkPolicy', 'cluster', 'anp'],
    ['baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', 'cluster', 'banp'],
  ]),
];

/** What discovery and paths know beside the plain kind: only those that are served here. */
export const subresources: Readonly<
  Record<string, readonly { readonly name: string; readonly verbs: readonly string[] }[]>
> = {
  pods: [{ name: 'exec', verbs: ['create', 'get'] }],
};

export const groupVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

/** `pods`, `networkpolicies.networking.k8s.io`: how messages name a resource. */
export const qualifiedName = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return resources.find((resource) => resource.kind === kind && groupVersionOf(resource) === apiVersion);
}
