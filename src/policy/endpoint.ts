import type { PodObject, Policies, StoredObject } from '../evidence/objects.ts';
import type { Bearer, Endpoint } from './model.ts';
import { record } from './read.ts';
import { type Labels, namespaceLabel } from './selector.ts';

interface Index {
  readonly length: number;
  readonly byName: ReadonlyMap<string, StoredObject>;
}

const indexes = new WeakMap<readonly StoredObject[], Index>();

/** Of thousands of pods each asks for its own namespace, so the list is gone through once. */
function find(objects: readonly StoredObject[], name: string, namespace = ''): StoredObject | undefined {
  const known = indexes.get(objects);
  const isFresh = known?.length === objects.length;
  const byName = isFresh
    ? known.byName
    : new Map(objects.map((object) => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]));
  if (!isFresh) indexes.set(objects, { length: objects.length, byName });
  return byName.get(`${namespace}/${name}`);
}

const prefixed = (prefix: string, labels: Labels) =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${prefix}${key}`, value]));

/** The labels of an object; null where one is not text, which the API server would not take. */
export function labelsOf(object: StoredObject | undefined): Labels | null {
  const labels = record(object?.metadata.labels);
  const isText = Object.values(labels).every((value) => typeof value === 'string');
  // Each value was seen to be text.
  return object && isText ? (labels as Labels) : null;
}

export interface Profile {
  readonly labels: Labels;
  readonly unknown: readonly string[];
}

/** What every endpoint of a namespace inherits from it. */
export function namespaceProfile(name: string, namespaces: readonly StoredObject[]): Profile {
  const read = labelsOf(find(namespaces, name));
  const own = { 'kubernetes.io/metadata.name': name, ...read };
  return {
    labels: { ...prefixed('pcns.', own), 'pcns.projectcalico.org/name': name },
    unknown: read === null ? ['pcns.'] : [],
  };
}

/** What of a pod, or of a workload's template, policies can see. */
export type Sender = Pick<PodObject, 'namespace' | 'labels' | 'serviceAccount' | 'podIPs' | 'isHostNetwork'> & {
  readonly nodeName?: string | null;
  /** Labels that its controller gives to each of its pods. */
  readonly generated?: readonly string[];
};

/** A pod as Calico sees it: its WorkloadEndpoint's labels and those of its profiles (conversion.go, constants.go). */
export function endpointOf(pod: Sender, { namespaces, serviceAccounts }: Policies): Endpoint {
  const { namespace, serviceAccount, generated = [] } = pod;
  const profile = namespaceProfile(namespace, namespaces);
  const account = labelsOf(find(serviceAccounts, serviceAccount, namespace));
  // A pod may not claim what its namespace or service account says of it.
  const own = Object.fromEntries(Object.entries(pod.labels).filter(([key]) => !/^pc(ns|sa)\./.test(key)));
  return {
    namespace,
    labels: {
      ...profile.labels,
      ...prefixed('pcsa.', account ?? {}),
      'pcsa.projectcalico.org/name': serviceAccount,
      ...own,
      [namespaceLabel]: namespace,
      'projectcalico.org/orchestrator': 'k8s',
      'projectcalico.org/serviceaccount': serviceAccount,
    },
    unknown: [...profile.unknown, ...(account === null ? ['pcsa.'] : []), ...generated],
    addresses: pod.podIPs,
    isHostNetwork: pod.isHostNetwork,
    node: pod.nodeName ?? null,
  };
}

/** A network set, or whatever else bears labels without being a pod. */
export function bearerOf(object: StoredObject, namespaces: readonly StoredObject[]): Bearer {
  const read = labelsOf(object);
  const unreadable = read === null ? [''] : [];
  const { namespace } = object.metadata;
  if (namespace === undefined) return { namespace: null, labels: read ?? {}, unknown: unreadable };
  const profile = namespaceProfile(namespace, namespaces);
  const labels = { ...profile.labels, ...read, [namespaceLabel]: namespace };
  return { namespace, labels, unknown: [...unreadable, ...profile.unknown] };
}
