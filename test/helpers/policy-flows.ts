import type { KubeObject, World } from '../../lab/contract.ts';
import { type Random, seeded } from '../../lab/network/random.ts';
import { specsOf, type Words } from './policy-rules.ts';

export interface LabPod {
  readonly namespace: string;
  readonly pod: string;
  readonly addresses: readonly string[];
}

/** One TCP connection to be tried. */
export interface LabFlow {
  readonly from: LabPod;
  readonly address: string;
  readonly port: number;
}

export interface PolicySet {
  readonly policies: readonly KubeObject[];
  readonly flows: readonly LabFlow[];
}

type Spec = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, metadata: KubeObject['metadata'], spec: Spec): KubeObject => {
  return { apiVersion, kind, metadata, spec };
};

/** The world with something to select by: labels of namespaces and accounts, and an account that two pods share. */
export function dressed({ objects }: World): readonly KubeObject[] {
  const teams: Readonly<Record<string, string>> = { shop: 'web', 'kube-system': 'core' };
  const keeper = { namespace: 'shop', name: 'keeper', labels: { role: 'keeper' } };
  const worn = objects.map((each): KubeObject => {
    const { kind, metadata } = each;
    const team = teams[metadata.name];
    if (kind === 'Namespace' && team)
      return { ...each, metadata: { ...metadata, labels: { ...metadata.labels, team } } };
    if (kind === 'ServiceAccount') return { ...each, metadata: { ...metadata, labels: { role: 'clerk' } } };
    if (kind !== 'Pod' || !/^(payments-\w{9}-|reports)/.test(metadata.name)) return each;
    return { ...each, spec: { ...(each.spec as object), serviceAccountName: keeper.name } };
  });
  return [...worn, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: keeper }];
}

/** Pods of the lab's network that have an address of each family. */
export function podsOf({ objects }: World): readonly LabPod[] {
  return objects.flatMap((each) => {
    const { kind, metadata, spec, status } = each as KubeObject & {
      readonly spec?: { readonly hostNetwork?: boolean };
      readonly status?: { readonly podIPs?: readonly { readonly ip: string }[] };
    };
    const addresses = (status?.podIPs ?? []).map(({ ip }) => ip);
    if (kind !== 'Pod' || spec?.hostNetwork || addresses.length < 2) return [];
    return [{ namespace: metadata.namespace ?? '', pod: metadata.name, addresses }];
  });
}

/** Both anchors and another pod, in both families, on ports that answer: another pod's closed port refuses. */
export function flowsOf(random: Random, world: World): readonly LabFlow[] {
  const pods = podsOf(world);
  const outside = world.anchors.flatMap(({ ipv6, ipv4 }) => [ipv6, ipv4]);
  const askers = pods.filter(({ pod }) => /^(checkout|payments-\w{9}-|reports|coredns)/.test(pod));
  return askers.flatMap((from) => {
    const others = pods.filter(({ pod }) => pod !== from.pod);
    const other = others[random.int(others.length)];
    return [
      ...outside.map((address) => ({ from, address, port: random.pick([443, 443, 80, 7]) })),
      ...(other?.addresses ?? []).map((address) => ({ from, address, port: random.pick([443, 80, 8080]) })),
    ];
  });
}

/** Tiers and network sets that the policies of a set may speak of; the tier `ghost` never exists. */
function surroundings(random: Random, group: string, { pod6 }: Words): readonly KubeObject[] {
  const tier = (name: string, order: number | null) =>
    object(
      group,
      'Tier',
      { name },
      {
        ...(order === null ? {} : { order }),
        ...random.pick<Spec>([{ defaultAction: 'Pass' }, { defaultAction: 'Deny' }, {}]),
      },
    );
  return [
    tier('early', 50),
    tier('unordered', null),
    object(
      group,
      'GlobalNetworkSet',
      { name: 'feed', labels: { feed: 'threats' } },
      {
        nets: ['2606:4700::/32', '8.8.8.8', ...(random.int(2) === 0 ? [pod6] : [])],
      },
    ),
    object(
      group,
      'NetworkSet',
      { name: 'partners', namespace: 'shop', labels: { feed: 'partners' } },
      {
        nets: ['2001:4860:4860::8888', '1.1.1.0/24'],
      },
    ),
  ];
}

const mixes = [
  ['kubernetes', 'namespaced', 'global', 'cluster'],
  ['kubernetes', 'namespaced', 'global', 'cluster'],
  ['namespaced', 'global'],
  ['kubernetes', 'namespaced'],
  ['cluster', 'cluster', 'cluster', 'kubernetes'],
] as const satisfies readonly (readonly [string, ...string[]])[];

/** From four to eight policies of any API, and the flows that are to be tried under them. */
function policySet(random: Random, world: World, words: Words): PolicySet {
  const group = random.pick(['projectcalico.org/v3', 'projectcalico.org/v3', 'crd.projectcalico.org/v1']);
  const make = specsOf(random, words);
  // Many of one kind meet each other; those of several meet at the borders of tiers.
  const apis = random.pick(mixes);
  const policies = Array.from({ length: 4 + random.int(5) }, (_, index): KubeObject => {
    const name = `${random.pick(['a', 'm', 'z'])}${index}`;
    const namespace = random.pick(['shop', 'shop', 'shop', 'shop', 'kube-system']);
    switch (random.pick(apis)) {
      case 'kubernetes':
        return object('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace }, make.kubernetes());
      case 'namespaced':
        return object(group, 'NetworkPolicy', { name: `calico-${name}`, namespace }, make.calico(false));
      case 'global':
        return object(group, 'GlobalNetworkPolicy', { name }, make.calico(true));
      default:
        return object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', { name }, make.cluster());
    }
  });
  return { policies: [...surroundings(random, group, words), ...policies], flows: flowsOf(random, world) };
}

/** The same for the same world. */
export function policySets(world: World, count: number): readonly PolicySet[] {
  const random = seeded(world.seed);
  const [ipv4 = '', ipv6 = ''] = podsOf(world).find(({ pod }) => pod.startsWith('payments-'))?.addresses ?? [];
  const specs = (wanted: string) =>
    world.objects.filter(({ kind }) => kind === wanted).map(({ spec }) => spec as Readonly<Record<string, unknown>>);
  const pool6 = specs('IPPool').find(({ cidr }) => String(cidr).includes(':'))?.cidr;
  const [block6] = specs('Node').flatMap(({ podCIDRs }) => (podCIDRs as string[]).filter((cidr) => cidr.includes(':')));
  const words = { pool6: String(pool6), block6: String(block6), pod6: `${ipv6}/128`, pod4: `${ipv4}/32` };
  return Array.from({ length: count }, () => policySet(random, world, words));
}
