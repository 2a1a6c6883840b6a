import type { EvidenceBag } from '../../src/evidence/evidence.ts';
import type { Failure } from '../../src/evidence/observation.ts';
import { addressPreferences } from './address-preferences.ts';
import { nodeAddressSets } from './address-sets.ts';
import { nodeBirdProtocols } from './bird.ts';
import { nodeConnects, podConnects } from './connects.ts';
import { podDevices } from './devices.ts';
import { nodeFilterRules } from './filter-rules.ts';
import { nodeFlows } from './flows.ts';
import type { Frame } from './frames.ts';
import { ifInet6 } from './if-inet6.ts';
import { ipv6Route } from './ipv6-route.ts';
import { podNames } from './names.ts';
import { nodeAddresses } from './node-addresses.ts';
import { nodeLinks } from './node-links.ts';
import { nodeNeighbours } from './node-neighbours.ts';
import { nodeRoutes } from './node-routes.ts';
import { podLinks } from './pod-links.ts';
import { resolvConf } from './resolv-conf.ts';
import { nodeDestinationRoutes, nodeForwardRoutes, nodePodRoute, podDestinationRoutes } from './route-lookups.ts';
import { nodeRoutingRules } from './routing-rules.ts';
import { observe, type Section } from './section.ts';
import { nodeCounters, podCounters } from './snmp6.ts';
import { nodeSysctls, podSysctls } from './sysctls.ts';
import { nodeTables } from './table-use.ts';
import { nodeTunnelPeers } from './tunnel-peers.ts';
import { podUploads } from './uploads.ts';

/** Everything that the pod's script prints. */
export const podSections: readonly Section[] = [
  ...[ifInet6, ipv6Route, podLinks, podSysctls, podCounters, resolvConf, podConnects],
  ...[podDestinationRoutes, podDevices, addressPreferences, podNames, podUploads],
];

/** Everything that the node's script prints. */
export const nodeSections: readonly Section[] = [
  ...[nodeAddresses, nodeRoutes, nodeLinks, nodeSysctls, nodeCounters, nodeNeighbours, nodePodRoute],
  ...[nodeDestinationRoutes, nodeForwardRoutes, nodeRoutingRules, nodeTables, nodeTunnelPeers, nodeBirdProtocols],
  ...[nodeFilterRules, nodeAddressSets, nodeFlows, nodeConnects],
];

export interface Seen {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly missing: Failure;
  readonly by: string;
}

/** One observation per section, each on its own: what is missing in one costs no other. */
export function observations(sections: readonly Section[], { frames, missing, by }: Seen): EvidenceBag {
  return Object.fromEntries(sections.map((section) => [section.provides, observe(section, frames, by, missing)]));
}
