import type { KubeObject } from '../../contract.ts';

export type Family = 4 | 6;
export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {}); // JSON of the API
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);
export const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
export const familyOf = (net: string): Family => (net.includes(':') ? 6 : 4);

/** Networks of one family; Go prints an IPv4-mapped one as IPv4, and so felix takes it for that. */
export const netsOf = (value: unknown, family: Family): readonly string[] =>
  strings(value)
    .map((net) => net.replace(/^::ffff:([\d.]+)(?:\/(\d+))?$/i, (_, four, length = 128) => `${four}/${length - 96}`))
    .filter((net) => familyOf(net) === family);

export type Labels = Readonly<Record<string, string>>;

/** What a selector can find: a pod, a host endpoint, or a set of networks. */
export interface Member {
  readonly namespace: string | null;
  /** As written on the pod; Kubernetes' selectors see these. */
  readonly own: Labels;
  /** With what Calico adds; its selectors see these. */
  readonly labels: Labels;
  readonly nets: readonly string[];
  readonly isPod: boolean;
}

export interface Pod extends Member {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly annotations: Labels;
}

/** The cluster as one agent sees it at one moment. */
export interface Known {
  readonly objects: readonly KubeObject[];
  readonly pods: readonly Pod[];
  readonly members: readonly Member[];
}

export const isCalico = ({ apiVersion }: KubeObject) => /^(crd\.)?projectcalico\.org\//.test(apiVersion);

/** Objects of a Calico kind, in whichever of its groups this cluster keeps them. */
export const calicoObjects = (objects: readonly KubeObject[], kind: string) =>
  objects.filter((object) => object.kind === kind && isCalico(object));

const prefixed = (prefix: string, labels: Labels, name: string): Labels => ({
  ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${prefix}.${key}`, value])),
  [`${prefix}.projectcalico.org/name`]: name,
});

const labelsOf = (objects: readonly KubeObject[], kind: string, namespace: string | undefined, name: string): Labels =>
  objects.find((each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace)
    ?.metadata.labels ?? {};

/** What everything in a namespace bears. */
const inheritedFrom = (objects: readonly KubeObject[], namespace: string): Labels => ({
  ...prefixed('pcns', labelsOf(objects, 'Namespace', undefined, namespace), namespace),
  'projectcalico.org/namespace': namespace,
});

/** What of it was inherited, under the names that it has where it comes from. */
export const unprefixed = (prefix: 'pcns' | 'pcsa', labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) =>
      key.startsWith(`${prefix}.`) ? [[key.slice(prefix.length + 1), value]] : [],
    ),
  );

function podsIn(objects: readonly KubeObject[]): Pod[] {
  return objects.flatMap((object) => {
    const { metadata } = object;
    const spec = record(object.spec);
    const status = record(object.status);
    const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
    if (object.kind !== 'Pod' || spec.hostNetwork === true || !spec.nodeName) return [];
    const namespace = metadata.namespace ?? '';
    const account = String(spec.serviceAccountName ?? 'default');
    const own = metadata.labels ?? {};
    return [
      {
        name: metadata.name,
        namespace,
        node: String(spec.nodeName),
        annotations: metadata.annotations ?? {},
        isPod: true,
        own,
        labels: {
          ...own,
          ...inheritedFrom(objects, namespace),
          ...prefixed('pcsa', labelsOf(objects, 'ServiceAccount', namespace, account), account),
          'projectcalico.org/orchestrator': 'k8s',
          'projectcalico.org/serviceaccount': account,
        },
        // Felix believes the kubelet: an address that only Calico's annotation has is none. A finished pod has none either.
        nets: isOver ? [] : list(status.podIPs).map(({ ip }) => String(ip)),
      },
    ];
  });
}

/** One in a namespace inherits its labels, as a pod does. */
function networkSets(objects: readonly KubeObject[]): Member[] {
  return ['NetworkSet', 'GlobalNetworkSet'].flatMap((kind) =>
    calicoObjects(objects, kind).map(({ metadata, spec }) => {
      const namespace = metadata.namespace ?? null;
      const own = metadata.labels ?? {};
      const labels = namespace === null ? own : { ...own, ...inheritedFrom(objects, namespace) };
      const nets = ([4, 6] as const).flatMap((family) => netsOf(record(spec).nets, family));
      return { namespace, own, labels, nets, isPod: false };
    }),
  );
}

export function knownFrom(objects: readonly KubeObject[]): Known {
  const pods = podsIn(objects);
  return { objects, pods, members: [...pods, ...networkSets(objects)] };
}
