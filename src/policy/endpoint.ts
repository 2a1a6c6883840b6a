import type { PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import type { Endpoint } from './model.ts';

const labelsOf = (objects: readonly StoredObject[], name: string, namespace?: string) =>
  objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)?.metadata.labels ?? {};

const prefixed = (prefix: string, labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${prefix}${key}`, value]));

/** A pod as Calico sees it: its WorkloadEndpoint's labels and those of its profiles (conversion.go, constants.go). */
export function endpointOf(pod: PodObject, { namespaces, serviceAccounts }: Policies): Endpoint {
  const { namespace, serviceAccount } = pod;
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace, ...labelsOf(namespaces, namespace) };
  const accountLabels = labelsOf(serviceAccounts, serviceAccount, namespace);
  // A pod may not claim what its namespace or service account says of it.
  const own = Object.fromEntries(Object.entries(pod.labels).filter(([key]) => !/^pc(ns|sa)\./.test(key)));
  return {
    namespace,
    podLabels: pod.labels,
    namespaceLabels,
    labels: {
      ...prefixed('pcns.', namespaceLabels),
      'pcns.projectcalico.org/name': namespace,
      ...prefixed('pcsa.', accountLabels),
      'pcsa.projectcalico.org/name': serviceAccount,
      ...own,
      'projectcalico.org/namespace': namespace,
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': serviceAccount,
    },
  };
}
