import { z } from 'zod';
import { AddressSet, Connect, FilterRules, Flow } from './flows.ts';
import { Address, Counters, Link, Neighbour, Route, RouteLookup, Sysctls } from './network.ts';
import { Calico, CalicoNode, NodeObject, PodEvent, PodObject, Policies, StoredObject } from './objects.ts';
import type { Observation } from './observation.ts';

/** What was tried: the destinations of this run, and whether a person named them. */
export const Attempt = z.strictObject({
  isNamed: z.boolean(),
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
  podEvents: z.array(PodEvent),
  /** The pod's probe. */
  podAddresses: z.array(Address),
  podRoutes: z.array(Route),
  podLinks: z.array(Link),
  podSysctls: Sysctls,
  podCounters: Counters,
  podResolvers: z.array(z.string()),
  podConnects: z.array(Connect),
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
  nodeFilterRules: FilterRules,
  nodeAddressSets: z.array(AddressSet),
  nodeFlows: z.array(Flow),
  nodeConnects: z.array(Connect),
} as const;

export type EvidenceKey = keyof typeof evidenceSchemas;
export type Evidence = { readonly [K in EvidenceKey]: z.infer<(typeof evidenceSchemas)[K]> };
export type EvidenceBag = { readonly [K in EvidenceKey]?: Observation<Evidence[K]> };
