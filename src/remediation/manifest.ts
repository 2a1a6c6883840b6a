import type { StoredObject } from '../evidence/objects.ts';

export const managedBy = 'app.kubernetes.io/managed-by';
export const product = 'ipv6check';
export const remediationLabel = 'ipv6check.dev/remediation';
export const expiresAt = 'ipv6check.dev/expires-at';

/** The Calico tier that our chart ships: it ends with Pass, so that nothing in it can isolate. */
export const ownTier = 'ipv6check';

/** A peer of ClusterNetworkPolicy has no exceptions: global addresses and those of NAT64 (RFC 6052) stand for all. */
export const adminNetworks = ['2000::/3', '64:ff9b::/96'] as const;

export type Layer = 'calico-tier' | 'cluster-network-policy' | 'network-policy';

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface Wish {
  readonly id: string;
  readonly namespace: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly Readonly<Record<string, unknown>>[];
  readonly requestedBy: string;
  readonly requestId: string;
  readonly expiresAt: Date;
  /** Networks that stay as shut as they are. */
  readonly exclusions: readonly string[];
  /** Whose end is the policy's as well, where the object is of one namespace; null for a pod that nothing owns. */
  readonly owner?: Owner | null;
  /** What alone is opened; null for all of IPv6. */
  readonly only: readonly { readonly address: string; readonly port: number }[] | null;
}

/** Link-local, and the IPv6 address of AWS' instance metadata: credentials are there to be had. */
export const defaultExclusions: readonly string[] = ['fe80::/10', 'fd00:ec2::254/128'];

/** RFC 3339 in UTC without fractions, as the API server writes its own times. */
export const timestamp = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');

// The same selector whatever the order of the labels, or the hash would change with it.
const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);

/** Kubernetes' LabelSelector in Calico's words. Labels are validated by the API server and hold no quotes. */
export function calicoSelector({
  matchLabels,
  matchExpressions,
}: Pick<Wish, 'matchLabels' | 'matchExpressions'>): string {
  const words = (values: unknown) =>
    (Array.isArray(values) ? values : []).map((value) => `'${String(value)}'`).join(', ');
  const equal = Object.entries(matchLabels)
    .toSorted(byKey)
    .map(([key, value]) => `${key} == '${value}'`);
  const others = matchExpressions.map(({ key, operator, values }) => {
    if (operator === 'In') return `${String(key)} in {${words(values)}}`;
    if (operator === 'NotIn') return `${String(key)} not in {${words(values)}}`;
    return operator === 'Exists' ? `has(${String(key)})` : `!has(${String(key)})`;
  });
  return [...equal, ...others].join(' && ');
}

function metadataOf(wish: Wish, name: string, namespace?: string): StoredObject['metadata'] {
  // An owner of one namespace cannot own what is of the cluster: the garbage collector would delete it at once.
  const { owner } = wish;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace, ...(owner ? { ownerReferences: [{ ...owner }] } : {}) }),
    labels: { [managedBy]: product, [remediationLabel]: wish.id },
    annotations: {
      [expiresAt]: timestamp(wish.expiresAt),
      'ipv6check.dev/requested-by': wish.requestedBy,
      'ipv6check.dev/request': wish.requestId,
    },
  };
}

/** The temporary policy: Egress alone, IPv6 alone, on one layer. */
export function manifestFor(layer: Layer, wish: Wish): StoredObject {
  const { id, namespace, matchLabels, matchExpressions, exclusions, only } = wish;
  const nets = only?.map(({ address }) => `${address}/128`);
  const ports = only ? [...new Set(only.map(({ port }) => port))] : [];
  // All of IPv6 without exclusions has no destination to name.
  const calicoDestination = nets
    ? { protocol: 'TCP', destination: { nets, ports } }
    : exclusions.length > 0
      ? { destination: { notNets: exclusions } }
      : {};
  const kubernetesRule = nets
    ? { to: nets.map((cidr) => ({ ipBlock: { cidr } })), ports: ports.map((port) => ({ protocol: 'TCP', port })) }
    : { to: [{ ipBlock: { cidr: '::/0', ...(exclusions.length > 0 ? { except: exclusions } : {}) } }] };
  const podSelector = {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
  if (layer === 'calico-tier') {
    return {
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkPolicy',
      metadata: metadataOf(wish, `${ownTier}.${id}`, namespace),
      spec: {
        tier: ownTier,
        order: 1,
        selector: calicoSelector(wish),
        types: ['Egress'],
        egress: [{ action: 'Allow', ipVersion: 6, ...calicoDestination }],
      },
    };
  }
  if (layer === 'cluster-network-policy') {
    const subject = {
      pods: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector },
    };
    return {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: metadataOf(wish, `${product}-${id}`),
      spec: {
        tier: 'Admin',
        priority: 0,
        subject,
        egress: [{ name: 'allow-ipv6', action: 'Accept', to: [{ networks: nets ?? [...adminNetworks] }] }],
      },
    };
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(wish, `${product}-${id}`, namespace),
    spec: {
      podSelector,
      policyTypes: ['Egress'],
      egress: [kubernetesRule],
    },
  };
}

/** An object as people are told of it: its kind, and its name with its namespace. */
export function objectName({ kind, metadata: { namespace, name } }: StoredObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Our name and our label together: our label alone, on a stranger's object, does not make it ours. */
export function isOurs({ metadata }: StoredObject): boolean {
  const id = metadata.labels?.[remediationLabel];
  if (metadata.labels?.[managedBy] !== product || id === undefined || !/^r[a-z0-9]{19}$/.test(id)) return false;
  return metadata.name === `${product}-${id}` || metadata.name === `${ownTier}.${id}`;
}

/**
 * When an object ends. Missing, unreadable, or further from its creation than the maximum: that is over, too, for nothing
 * may live without an end that we know.
 */
export function expiryOf({ metadata }: StoredObject, maximumMinutes: number): Date | 'expired' {
  const { annotations, creationTimestamp } = metadata;
  const text: unknown =
    typeof annotations === 'object' && annotations !== null
      ? Object.entries(annotations).find(([key]) => key === expiresAt)?.[1]
      : undefined;
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)) return 'expired';
  const end = new Date(text);
  const born = new Date(typeof creationTimestamp === 'string' ? creationTimestamp : Number.NaN);
  if (Number.isNaN(end.getTime())) return 'expired';
  return !Number.isNaN(born.getTime()) && end.getTime() - born.getTime() > maximumMinutes * 60_000 ? 'expired' : end;
}
