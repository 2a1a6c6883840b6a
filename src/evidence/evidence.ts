import { z } from 'zod';
import { AddressSet, Connect, FilterRules, Flow, NameLookup, Upload } from './flows.ts';
import {
  Address,
  AddressPreferences,
  BirdProtocol,
  Counters,
  DeviceCounters,
  Link,
  Neighbour,
  Route,
  RouteLookup,
  RoutingRule,
  Sysctls,
  TableUse,
  TunnelPeer,
} from './network.ts';
import { Calico, CalicoNode, NodeObject, PodEvent, PodObject, Policies, StoredObject } from './objects.ts';
import type { Observation } from './observation.ts';

/** What was tried: the destinations of this run, and whether a person named them. */
export const Attempt = z.strictObject({
  isNamed: z.boolean(),
  /** The name that a person asked about, which the pod resolves for itself. */
  name: z.strictObject({ host: z.string(), port: z.int() }).optional(),
  destinations: z.array(z.strictObject({ family: z.literal([4, 6]), address: z.string(), port: z.int() })),
});
export type Attempt = z.infer<typeof Attempt>;

/** One schema per kind of evidence. Keys of the pod's probe start with `pod`, of the node's with `node`. */
export const evidenceSchemas = {
  attempt: Attempt,
  /** Object reads. */
  pod: PodObject,
  namespace: StoredObject,
  node: NodeObject,
  calico: Calico,
  policies: Policies,
  calicoNode: CalicoNode,
  /** The other nodes, read only where a destination is a pod's address. */
  peerNodes: z.array(NodeObject),
  events: z.array(PodEvent),
  /** The same connects from another pod, asked in a second phase only where that settles something. */
  sibling: z.strictObject({
    pod: z.string(),
    node: z.string().nullable(),
    isSameNode: z.boolean(),
    isSameWorkload: z.boolean(),
    attempts: z.int(),
    connected: z.int(),
  }),
  /** The pod's probe. */
  podAddresses: z.array(Address),
  podRoutes: z.array(Route),
  podLinks: z.array(Link),
  podSysctls: Sysctls,
  podCounters: Counters,
  podResolvers: z.array(z.string()),
  podConnects: z.array(Connect),
  /** What the pod's kernel would do with a packet for each destination, and from which address it would send it. */
  podDestinationRoutes: z.array(RouteLookup),
  podDevices: DeviceCounters,
  podAddressPreferences: AddressPreferences,
  /** The name that was asked about, by the pod's own resolver; empty where none was. */
  podNames: z.array(NameLookup),
  podUploads: z.array(Upload),
  /** The node's probe. */
  nodeAddresses: z.array(Address),
  nodeRoutes: z.array(Route),
  nodeLinks: z.array(Link),
  nodeSysctls: Sysctls,
  nodeCounters: Counters,
  nodeNeighbours: z.array(Neighbour),
  /** The node's route to the pod's own address. */
  nodePodRoute: RouteLookup,
  /** The node's route to each destination. */
  nodeDestinationRoutes: z.array(RouteLookup),
  /** The node's route for each destination as a packet from the pod meets it: rules may lead it elsewhere. */
  nodeForwardRoutes: z.array(RouteLookup),
  nodeRoutingRules: z.array(RoutingRule),
  nodeTables: z.strictObject({ before: TableUse, after: TableUse }),
  nodeTunnelPeers: z.array(TunnelPeer),
  nodeBirdProtocols: z.array(BirdProtocol),
  nodeFilterRules: FilterRules,
  nodeAddressSets: z.array(AddressSet),
  nodeFlows: z.array(Flow),
  nodeConnects: z.array(Connect),
} as const;

export type EvidenceKey = keyof typeof evidenceSchemas;
export type Evidence = { readonly [K in EvidenceKey]: z.infer<(typeof evidenceSchemas)[K]> };
export type EvidenceBag = { readonly [K in EvidenceKey]?: Observation<Evidence[K]> };
