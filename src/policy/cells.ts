import { type Address, formatAddress, parseAddress } from '../net/address.ts';
import { type Cidr, contains, formatCidr, parseCidr } from '../net/cidr.ts';
import type { Cluster } from './cluster.ts';
import type { Resident } from './directory.ts';
import { keyOf } from './flow.ts';
import type { Bearer, EgressRule, Endpoint, PortRange, Protocol } from './model.ts';
import { selectingIn } from './selecting.ts';

/** Somewhere to send to that stands for every address which all rules treat alike. */
export interface Place {
  readonly to: string;
  readonly address: Address;
}

/** Everything that the rules for one pod can tell apart. */
export interface Cells {
  readonly places: readonly Place[];
  readonly ports: readonly PortRange[];
}

export const protocolsFor = (family: 4 | 6): readonly Protocol[] => [
  'TCP',
  'UDP',
  'SCTP',
  family === 6 ? 'ICMPv6' : 'ICMP',
];

export function rulesFor({ model }: Cluster, endpoint: Endpoint): EgressRule[] {
  return model.tiers.flatMap((tier) => selectingIn(tier, endpoint).flatMap(({ policy }) => policy.rules));
}

/**
 * Rules divide addresses by networks, networks nest, so one address for each network is all of them; and pods by whom they
 * select, so one pod of each kind is all of them. With `changed`, only pods that one of these rules may mean are looked at.
 */
export function cellsOf(
  rules: readonly EgressRule[],
  changed: readonly EgressRule[] | null,
  pods: readonly PodPlace[],
  clusters: readonly Cluster[],
): Cells {
  const lists = rules.flatMap(({ ports, notPorts }) => [ports, notPorts]).filter((list) => list !== null);
  const names = lists.flatMap((list) => list.names);
  const asksWho =
    names.length > 0 || rules.some((rule) => rule.selectsPeer || rule.excludesPeer || rule.service !== null);
  const sets = asksWho ? clusters.flatMap(({ model }) => model.sets.flatMap(({ nets }) => nets)) : [];
  const nets = bySize([...everywhere, ...rules.flatMap((rule) => [...(rule.nets ?? []), ...rule.notNets]), ...sets]);
  const meant = asksWho ? pods.filter((pod) => changed?.some((rule) => mayMean(rule, pod)) ?? true) : [];
  const named = meant
    .flatMap((pod) => pod.ports)
    .filter(({ name }) => names.includes(name))
    .map(({ port }) => ({ from: port, to: port }));
  return {
    places: [...outside(nets), ...kindsOf(meant, rules, nets, clusters)],
    ports: portCells([...lists.flatMap((list) => list.ranges), ...named]),
  };
}

function mayMean({ nets, selectsPeer }: EgressRule, { address, bearer }: PodPlace): boolean {
  if (nets && !nets.some((net) => contains(net, address))) return false;
  return selectsPeer === null || selectsPeer(bearer) !== 'no';
}

const everywhere = ['0.0.0.0/0', '::/0'].flatMap((text) => parseCidr(text) ?? []);

/** The smallest network that holds an address comes first, and says which others do. */
function bySize(nets: readonly Cidr[]): readonly Cidr[] {
  const distinct = [...new Map(nets.map((net) => [formatCidr(net), net])).values()];
  return distinct.toSorted((a, b) => b.prefixLength - a.prefixLength);
}

function outside(nets: readonly Cidr[]): Place[] {
  const found = new Map<Cidr, Place>();
  for (const address of nets.flatMap((net) => [first(net), following(net)]).filter((each) => each !== null)) {
    const net = nets.find((each) => contains(each, address));
    if (net && !found.has(net)) found.set(net, { to: formatCidr(net), address });
  }
  return [...found.values()];
}

const first = ({ family, words }: Cidr): Address => ({ family, words });

/** The address after a network's last; null at the end of all addresses. */
function following({ family, words, prefixLength }: Cidr): Address | null {
  const bits = family === 4 ? prefixLength + 96 : prefixLength;
  if (bits === (family === 4 ? 96 : 0)) return null;
  const next: [number, number, number, number] = [...words];
  let index = Math.floor((bits - 1) / 32);
  let step = 2 ** (31 - ((bits - 1) % 32));
  while (index >= (family === 4 ? 3 : 0)) {
    const sum = (next[index] ?? 0) + step;
    next[index] = sum % 2 ** 32;
    if (sum < 2 ** 32) return { family, words: next };
    index -= 1;
    step = 1;
  }
  return null;
}

/** A pod at one of its addresses. */
export interface PodPlace {
  readonly name: string;
  readonly address: Address;
  readonly bearer: Bearer;
  readonly ports: Resident['actor']['ports'];
}

export function podPlaces(clusters: readonly Cluster[]): PodPlace[] {
  const found = new Map<string, PodPlace>();
  for (const { actor, endpoint } of clusters.flatMap(({ directory }) => directory.residents)) {
    if (endpoint.isHostNetwork) continue;
    for (const address of endpoint.addresses.flatMap((text) => parseAddress(text) ?? [])) {
      const name = `${actor.namespace}/${actor.name}`;
      found.set(`${name} ${keyOf(address)}`, { name, address, bearer: endpoint, ports: actor.ports });
    }
  }
  return [...found.values()];
}

/** One pod of each kind that the rules can tell apart, by whom they select, by its networks and by its names of ports. */
function kindsOf(
  pods: readonly PodPlace[],
  rules: readonly EgressRule[],
  nets: readonly Cidr[],
  clusters: readonly Cluster[],
): Place[] {
  const criteria = [...new Set(rules.flatMap((rule) => [rule.selectsPeer, rule.excludesPeer]))].filter(
    (each) => each !== null,
  );
  const hasNames = rules.some(({ ports, notPorts }) => ports?.names.length || notPorts?.names.length);
  const services = [...new Set(rules.flatMap(({ service }) => service ?? []))];
  const endpoints = clusters.flatMap(({ model }) =>
    services.map((id) => new Set(model.services?.get(id)?.map(({ address }) => address))),
  );
  const kinds = Map.groupBy(pods, ({ address, bearer, ports }) =>
    [
      nets.findIndex((net) => contains(net, address)),
      ...criteria.map((criterion) => (criterion(bearer) === 'yes' ? 'y' : criterion(bearer) === 'no' ? 'n' : '?')),
      ...endpoints.map((own) => own.has(keyOf(address))),
      hasNames ? JSON.stringify(ports) : '',
    ].join(),
  );
  return [...kinds.values()].flatMap((own) => {
    const [pod] = own;
    return pod
      ? [
          {
            to: namesOf(
              own.map(({ name }) => name),
              pod.address,
            ),
            address: pod.address,
          },
        ]
      : [];
  });
}

function namesOf(names: readonly string[], address: Address): string {
  const [name = ''] = names;
  if (names.length === 1) return `pod ${name} (${formatAddress(address)})`;
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `pods ${names.slice(0, 3).join(', ')}${more} (IPv${address.family})`;
}

function portCells(ranges: readonly PortRange[]): PortRange[] {
  const starts = [1, ...ranges.flatMap(({ from, to }) => [from, to + 1])].filter((port) => port >= 1 && port <= 65_535);
  const sorted = [...new Set(starts)].toSorted((a, b) => a - b);
  return sorted.map((from, index) => ({ from, to: (sorted[index + 1] ?? 65_536) - 1 }));
}
