import { type Address, parseAddress } from '../net/address.ts';
import { type Cidr, contains, isPrivate, parseCidr } from '../net/cidr.ts';
import { keyOf, type ParsedFlow } from './flow.ts';
import type { Endpoint } from './model.ts';
import type { Actor } from './pods.ts';

/** A pod or template with what policies see of it. */
export interface Resident {
  readonly actor: Actor;
  readonly endpoint: Endpoint;
}

/** Who has which address, and who may have one that nobody was seen to have. */
export interface Directory {
  readonly residents: readonly Resident[];
  readonly at: (address: Address) => readonly Resident[];
  readonly holders: (address: Address) => Holders;
}

/** What a flow needs to know of who has its address. */
export type Holders = Pick<ParsedFlow, 'peers' | 'strangers' | 'whyStrangers' | 'peerNode'> & {
  readonly residents: readonly Resident[];
};

/** Pods of one cluster share a prefix of about this length. */
const usual = { 4: 16, 6: 48 } as const;

export interface Residents {
  readonly running: readonly Resident[];
  /** Pods without an address, and templates none of whose pods was seen. */
  readonly unplaced: readonly Resident[];
  /** Addresses of nodes, which no pod of its own network has. */
  readonly ofNodes: readonly Address[];
  /** Where the manifests say that pods have their addresses. */
  readonly podNets: readonly Cidr[];
}

export function directoryOf({ running, unplaced, ofNodes, podNets }: Residents): Directory {
  const byAddress = new Map<string, Resident[]>();
  const around = new Map<string, Cidr>();
  const ofHosts = new Set(ofNodes.map(keyOf));
  for (const resident of running) {
    for (const address of resident.endpoint.addresses.flatMap((text) => parseAddress(text) ?? [])) {
      if (resident.endpoint.isHostNetwork) {
        ofHosts.add(keyOf(address));
        continue;
      }
      byAddress.set(keyOf(address), [...(byAddress.get(keyOf(address)) ?? []), resident]);
      const net = neighbourhood(address);
      around.set(`${net.family}:${net.words.join()}`, net);
    }
  }
  const near = [...around.values()];
  const candidates = unplaced.filter(({ endpoint }) => !endpoint.isHostNetwork).map(({ endpoint }) => endpoint);
  const at = (address: Address) => byAddress.get(keyOf(address)) ?? [];
  const strangersAt = (address: Address): Pick<Holders, 'strangers' | 'whyStrangers'> => {
    if (ofHosts.has(keyOf(address))) return nobody;
    if (podNets.some((net) => contains(net, address))) {
      return { strangers: 'anybody', whyStrangers: 'which pod has the address is not known' };
    }
    const nets = near.filter(({ family }) => family === address.family);
    const isNear = nets.length > 0 ? nets.some((net) => contains(net, address)) : isPrivate(address);
    if (!isNear || candidates.length === 0) return nobody;
    return { strangers: candidates, whyStrangers: 'the address may be that of a pod that was not seen running' };
  };
  return {
    residents: [...running, ...unplaced],
    at,
    holders: (address) => {
      const residents = at(address);
      const known = { residents, peers: residents.map(({ endpoint }) => endpoint) };
      if (residents.length === 0) return { ...known, ...strangersAt(address), peerNode: undefined };
      return { ...known, ...nobody, peerNode: residents[0]?.endpoint.node ?? null };
    },
  };
}

const nobody = { strangers: [], whyStrangers: '' } as const;

function neighbourhood({ family, words }: Address): Cidr {
  const text = family === 4 ? `${words[3] >>> 24}.${(words[3] >>> 16) & 255}.0.0/${usual[4]}` : null;
  const [first, second] = words;
  const net = text === null ? null : parseCidr(text);
  return net ?? { family, words: [first, (second & 0xffff0000) >>> 0, 0, 0], prefixLength: usual[6] };
}

/** The names that a pod gives to a port. */
export function portNamesOf(residents: readonly Resident[], port: number | null, protocol: number): string[] {
  return residents
    .flatMap(({ actor }) => actor.ports)
    .filter((own) => own.port === port && own.protocol === protocol)
    .map(({ name }) => name);
}
