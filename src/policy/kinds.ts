import type { StoredObject } from '../evidence/objects.ts';

export const isCalico = ({ apiVersion }: StoredObject): boolean =>
  apiVersion === 'projectcalico.org/v3' || apiVersion === 'crd.projectcalico.org/v1';

export const isCalicoPolicy = (object: StoredObject): boolean =>
  isCalico(object) && (object.kind === 'NetworkPolicy' || object.kind === 'GlobalNetworkPolicy');

export const isKubernetesPolicy = ({ apiVersion, kind }: StoredObject): boolean =>
  kind === 'NetworkPolicy' && (apiVersion === 'networking.k8s.io/v1' || apiVersion === 'extensions/v1beta1');

const adminKinds = ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'];

export const isAdminPolicy = ({ apiVersion, kind }: StoredObject): boolean =>
  apiVersion.startsWith('policy.networking.k8s.io/') && adminKinds.includes(kind);

/** Kinds of Calico of which nobody's egress depends by itself. */
const calicoBystanders = /^(Tier|NetworkSet|GlobalNetworkSet|Profile|HostEndpoint|Staged\w+|ClusterInformation)$/;
const calicoSettings =
  /^(IPPool|IPReservation|IPAM\w+|BlockAffinity|FelixConfiguration|BGP\w+|KubeControllersConfiguration|CalicoNodeStatus|QoSPolicy|NetworkTemplate|Node)$/;

/** Groups in which no kind decides who may send what: Kubernetes' own, and those of common operators. */
const bystanders = [
  /^(apps|batch|autoscaling|policy|extensions|events|discovery|node|storage|scheduling|coordination|resource)$/,
  /^(?!policy\.networking\.)([a-z0-9-]+\.)*k8s\.io$/,
  /(^|\.)(monitoring\.coreos\.com|cert-manager\.io|argoproj\.io|toolkit\.fluxcd\.io|external-secrets\.io)$/,
  /(^|\.)(bitnami\.com|keda\.sh|traefik\.io|operator\.tigera\.io|helm\.cattle\.io|knative\.dev|velero\.io|openshift\.io)$/,
];

/** Kinds in those groups that may decide after all, or that bear the name of one that does. */
const deciding = /NetworkPolicy|Firewall|^Egress/;

/** Whether an object of this kind, which nobody here reads, could change who may send what. */
export function mayDecide({ apiVersion, kind }: StoredObject): boolean {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  if (/(^|\.)projectcalico\.org$/.test(group)) return !calicoBystanders.test(kind) && !calicoSettings.test(kind);
  if (deciding.test(kind)) return true;
  return group === '' ? apiVersion !== 'v1' : !bystanders.some((each) => each.test(group));
}
