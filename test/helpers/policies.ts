import { parseAllDocuments } from 'yaml';
import { type Calico, type PodObject, type Policies, StoredObject } from '../../src/evidence/objects.ts';

/** YAML documents as the prober would have read them. */
export function policiesOf(yaml: string, more: Partial<Policies> = {}): Policies {
  const objects = parseAllDocuments(yaml)
    .map((document) => document.toJS())
    .filter((each) => each !== null)
    .map((each) => StoredObject.parse(each));
  return { objects, namespaces: [], serviceAccounts: [], unread: [], notUnderstood: [], ...more };
}

export function podOf(more: Partial<PodObject> = {}): PodObject {
  const name = more.name ?? 'checkout-7d9f8c6b5-x2k4q';
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    labels: { app: 'checkout', 'pod-template-hash': '7d9f8c6b5' },
    annotations: {},
    nodeName: 'worker-1',
    serviceAccount: 'default',
    isHostNetwork: false,
    isTerminating: false,
    phase: 'Running',
    podIPs: ['10.244.1.5', 'fd00:10:244::5'],
    createdAt: '2026-01-12T08:00:00Z',
    containers: [{ name: 'app', state: 'running', isRunning: true }],
    workload: { kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
    ...more,
  };
}

/** YAML of one object each, to be joined by `together`. */
export const kubernetesPolicy = (spec: string, name = 'np') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
export const calicoPolicy = (spec: string, name = 'cnp') =>
  `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
export const globalPolicy = (spec: string, name = 'gnp') =>
  `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
export const tierOf = (name: string, order: number, action = 'Deny') =>
  `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: ${name}}\nspec: {order: ${order}, defaultAction: ${action}}\n`;
export const clusterPolicy = (spec: string, kind = 'ClusterNetworkPolicy', version = 'v1alpha2') =>
  `apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: admin}\nspec: ${spec}\n`;
export const together = (...documents: readonly string[]) => documents.join('---\n');

export const calicoOf = (more: Partial<Calico> = {}): Calico => {
  return { flavour: 'v3-native', version: 'v3.32.1', ipPools: [], felix: {}, ...more };
};
