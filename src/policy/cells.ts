import { type Address, formatAddress, parseAddress } from '../net/address.ts';
import { type Cidr, contains, formatCidr, parseCidr } from '../net/cidr.ts';
import type { Cluster } from './cluster.ts';
import type { Resident } from './directory.ts';
import type { EgressRule, Endpoint, PortRange, Protocol } from './model.ts';
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

/** Rules divide addresses by networks, networks nest, so one address for each network is all of them. */
export function cellsOf(rules: readonly EgressRule[], clusters: readonly Cluster[]): Cells {
  const asksWho = rules.some(
    ({ selectsPeer, excludesPeer, service, ports, notPorts }) =>
      selectsPeer || excludesPeer || service !== null || ports?.names.length || notPorts?.names.length,
  );
  const sets = asksWho ? clusters.flatMap(({ model }) => model.sets.flatMap(({ nets }) => nets)) : [];
  const nets = [...everywhere, ...rules.flatMap((rule) => [...(rule.nets ?? []), ...rule.notNets]), ...sets];
  const pods = asksWho ? groupsOf(clusters.flatMap(({ directory }) => directory.residents)) : [];
  const names = rules.flatMap(({ ports, notPorts }) => [...(ports?.names ?? []), ...(notPorts?.names ?? [])]);
  const ranges = rules.flatMap(({ ports, notPorts }) => [...(ports?.ranges ?? []), ...(notPorts?.ranges ?? [])]);
  const named = clusters
    .flatMap(({ directory }) => directory.residents.flatMap(({ actor }) => actor.ports))
    .filter(({ name }) => names.includes(name))
    .map(({ port }) => ({ from: port, to: port }));
  return { places: [...outside(nets), ...pods], ports: portCells([...ranges, ...named]) };
}

const everywhere = ['0.0.0.0/0', '::/0'].flatMap((text) => parseCidr(text) ?? []);

function outside(nets: readonly Cidr[]): Place[] {
  const distinct = [...new Map(nets.map((net) => [formatCidr(net), net])).values()];
  // The smallest network that holds an address says which others do.
  const bySize = distinct.toSorted((a, b) => b.prefixLength - a.prefixLength);
  const found = new Map<string, Place>();
  for (const address of distinct.flatMap((net) => [first(net), following(net)]).filter((each) => each !== null)) {
    const net = bySize.find((each) => contains(each, address));
    if (net && !found.has(formatCidr(net))) found.set(formatCidr(net), { to: formatCidr(net), address });
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

/** Pods that no rule can tell apart, once for each family. */
function groupsOf(residents: readonly Resident[]): Place[] {
  const groups = new Map<string, { readonly address: Address; readonly names: Set<string> }>();
  for (const { actor, endpoint } of residents) {
    if (endpoint.isHostNetwork) continue;
    const marks = JSON.stringify([endpoint.labels, endpoint.unknown, actor.ports]);
    for (const address of endpoint.addresses.flatMap((text) => parseAddress(text) ?? [])) {
      const key = `${address.family}${marks}`;
      const group = groups.get(key) ?? { address, names: new Set<string>() };
      group.names.add(`${actor.namespace}/${actor.name}`);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ address, names }) => ({ to: namesOf([...names], address), address }));
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
