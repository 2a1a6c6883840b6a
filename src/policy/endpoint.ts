import type { PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import type { Endpoint } from './model.ts';
import { type Labels, namespaceLabel } from './selector.ts';

const find = (objects: readonly StoredObject[], name: string, namespace?: string) =>
  objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);

const prefixed = (prefix: string, labels: Labels) =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${prefix}${key}`, value]));

/** What every endpoint of a namespace inherits from it. */
export function namespaceProfile(name: string, namespaces: readonly StoredObject[]): { labels: Labels; own: Labels } {
  const own = { 'kubernetes.io/metadata.name': name, ...find(namespaces, name)?.metadata.labels };
  return { own, labels: { ...prefixed('pcns.', own), 'pcns.projectcalico.org/name': name } };
}

/** A pod as Calico sees it: its WorkloadEndpoint's labels and those of its profiles (conversion.go, constants.go). */
export function endpointOf(pod: PodObject, { namespaces, serviceAccounts }: Policies): Endpoint {
  const { namespace, serviceAccount } = pod;
  const profile = namespaceProfile(namespace, namespaces);
  const account = find(serviceAccounts, serviceAccount, namespace);
  // A pod may not claim what its namespace or service account says of it.
  const own = Object.fromEntries(Object.entries(pod.labels).filter(([key]) => !/^pc(ns|sa)\./.test(key)));
  return {
    namespace,
    podLabels: pod.labels,
    namespaceLabels: profile.own,
    labels: {
      ...profile.labels,
      ...prefixed('pcsa.', account?.metadata.labels ?? {}),
      'pcsa.projectcalico.org/name': serviceAccount,
      ...own,
      [namespaceLabel]: namespace,
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': serviceAccount,
    },
    addresses: pod.podIPs,
    isHostNetwork: pod.isHostNetwork,
    knows: { namespace: find(namespaces, namespace) !== undefined, account: account !== undefined },
  };
}
