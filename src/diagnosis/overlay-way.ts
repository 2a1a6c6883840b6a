import type { Attempt, Evidence } from '../evidence/evidence.ts';
import type { RouteLookup } from '../evidence/network.ts';
import type { NodeObject, PodObject } from '../evidence/objects.ts';
import { containsIPv6, isUniqueLocal } from './networks.ts';
import { ipv6Of } from './pod.ts';
import { isDefault, isNullEntry } from './routes.ts';
import { poolOf } from './translation.ts';

export const tunnelDevice = 'vxlan-v6.calico';

/** Destinations that are pods' addresses: in the pod's own pool, or in one of unique local addresses. */
export function podDestinations(
  { destinations }: Pick<Attempt, 'destinations'>,
  pod: PodObject,
  pools: Evidence['calico']['ipPools'],
): Attempt['destinations'] {
  const home = poolOf(pools, ipv6Of(pod) ?? '');
  return destinations.filter(({ family, address }) => {
    if (family === 4) return false;
    return (
      (home !== null && containsIPv6(home.cidr, address)) || (isUniqueLocal(address) && poolOf(pools, address) !== null)
    );
  });
}

export interface Tunnel {
  readonly node: NodeObject | null;
  readonly peers: readonly NodeObject[] | null;
  readonly links: Evidence['nodeLinks'] | null;
  readonly neighbours: Evidence['nodeNeighbours'] | null;
  readonly fdb: Evidence['nodeTunnelPeers'] | null;
}

/** What is wrong with the way through the tunnel, in the order in which a packet meets it. */
export interface Flaw {
  readonly isAddress: boolean;
  readonly isCertain: boolean;
  readonly says: string;
}

export function tunnelFlaw(way: RouteLookup | undefined, astray: boolean, tunnel: Tunnel): Flaw | null {
  const { node, peers, links, neighbours, fdb } = tunnel;
  const device = links?.find(({ name }) => name === tunnelDevice);
  if (node !== null && node.annotations['projectcalico.org/IPv6Address'] === undefined && device === undefined) {
    return {
      isAddress: true,
      isCertain: true,
      says: `Calico has no IPv6 address for node ${node.name}, so it made no ${tunnelDevice}`,
    };
  }
  // Without the Node object Calico may have no address for it, and no device therefore.
  if (links !== null && device === undefined)
    return { ...flaw(`there is no ${tunnelDevice}`), isCertain: node !== null };
  if (device?.isUp === false) return flaw(`${tunnelDevice} is down`);
  if (way === undefined) return null;
  if (astray || way.device === null) {
    const leaves = way.problem ?? `it leaves by ${way.device}`;
    return flaw(`no route leads ${way.to} into the tunnel (${leaves})`);
  }
  if (way.device !== tunnelDevice || way.gateway === null) return null;

  const neighbour = neighbours?.find((each) => each.address === way.gateway && each.device === tunnelDevice);
  if (neighbours !== null && (neighbour === undefined || neighbour.mac === null)) {
    return flaw(`${tunnelDevice} has no MAC for its peer ${way.gateway}${neighbour ? ` (${neighbour.state})` : ''}`);
  }
  const entry = fdb?.find(({ device: name, mac }) => name === tunnelDevice && mac === neighbour?.mac);
  if (fdb !== null && neighbour !== undefined && entry === undefined) {
    return flaw(`${tunnelDevice} does not know which node has ${neighbour.mac}, the MAC of its peer ${way.gateway}`);
  }
  const peer = peers?.find(
    ({ annotations }) => annotations['projectcalico.org/IPv6VXLANTunnelAddr']?.split('/')[0] === way.gateway,
  );
  const published = (peer?.addresses ?? []).filter((address) => address.includes(':'));
  if (peer && entry && published.length > 0 && !published.includes(entry.address)) {
    return {
      ...{ isAddress: true, isCertain: true },
      says: `tunnel packets for node ${peer.name} go to ${entry.address}, which Calico detected there and which is not among the node's addresses (${published.join(', ')})`,
    };
  }
  return null;
}

function flaw(says: string): Flaw {
  return { isAddress: false, isCertain: true, says };
}

/** Whether a packet for a pod leaves as one for the outside does. */
export function leavesByDefault(way: RouteLookup | undefined, routes: Evidence['nodeRoutes'] | null): boolean {
  const defaults = (routes ?? []).filter((route) => isDefault(route) && !isNullEntry(route));
  return (
    way?.problem === null &&
    way.gateway !== null &&
    defaults.some(({ gateway, device }) => gateway === way.gateway && device === way.device)
  );
}

/** The narrowest route of the main table for an address. */
export function routeFor(
  address: string,
  routes: Evidence['nodeRoutes'] | null,
): Evidence['nodeRoutes'][number] | null {
  const lengthOf = ({ destination }: { readonly destination: string }) => Number(destination.split('/')[1] ?? 0);
  const matching = (routes ?? []).filter(
    (route) => route.table === 'main' && !isDefault(route) && containsIPv6(route.destination, address),
  );
  return matching.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0] ?? null;
}
