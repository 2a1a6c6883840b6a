import { z } from 'zod';

/** An object as the API server stores it, without managedFields, status or annotations that we do not name. */
export const StoredObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type StoredObject = z.infer<typeof StoredObject>;

const Labels = z.record(z.string(), z.string());

export const PodObject = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  labels: Labels,
  /** Only `cni.projectcalico.org/*` and `qos.projectcalico.org/*`. */
  annotations: Labels,
  nodeName: z.string().nullable(),
  serviceAccount: z.string(),
  isHostNetwork: z.boolean(),
  isTerminating: z.boolean(),
  phase: z.string(),
  podIPs: z.array(z.string()),
  createdAt: z.string(),
  containers: z.array(z.strictObject({ name: z.string(), state: z.string(), isRunning: z.boolean() })),
  /** Names of the containers of a service mesh, init containers among them. */
  sidecars: z.array(z.string()).optional(),
  /** The controller at the top of the owner chain, with the selector that survives a rollout; null for a bare pod. */
  workload: z
    .strictObject({
      ...{ kind: z.string(), name: z.string(), matchLabels: Labels },
      /** As its pods' owner references name it; absent where a report was kept without. */
      ...{ apiVersion: z.string().optional(), uid: z.string().optional() },
    })
    .nullable(),
});
export type PodObject = z.infer<typeof PodObject>;

export const NodeObject = z.strictObject({
  name: z.string(),
  addresses: z.array(z.string()),
  podCIDRs: z.array(z.string()),
  /** Only `projectcalico.org/*`. */
  annotations: Labels,
  /** What an IPPool's node selector asks for. */
  labels: Labels.optional(),
  containerRuntime: z.string(),
  /** `aws`, `openstack` …: the scheme of its providerID. */
  provider: z.string().optional(),
  isReady: z.boolean(),
});
export type NodeObject = z.infer<typeof NodeObject>;

export const IPPool = z.strictObject({
  name: z.string(),
  cidr: z.string(),
  natOutgoing: z.boolean(),
  isDisabled: z.boolean(),
  ipipMode: z.string(),
  vxlanMode: z.string(),
  createdAt: z.string().optional(),
  nodeSelector: z.string().optional(),
  namespaceSelector: z.string().optional(),
  /** `Automatic` or `Manual`. */
  assignmentMode: z.string().optional(),
  blockSize: z.int().optional(),
});
export type IPPool = z.infer<typeof IPPool>;

/** What this cluster knows of Calico. `flavour` says which API group is the truth. */
export const Calico = z.strictObject({
  flavour: z.enum(['absent', 'crd-v1', 'v3-aggregated', 'v3-native']),
  version: z.string().nullable(),
  ipPools: z.array(IPPool),
  /** FelixConfiguration `default`, spec as stored; empty when there is none. */
  felix: z.record(z.string(), z.unknown()),
});
export type Calico = z.infer<typeof Calico>;

/** The calico-node pod of the pod's node, with the few variables of its environment that decide about IPv6. */
export const CalicoNode = z.strictObject({
  namespace: z.string(),
  pod: z.string(),
  isReady: z.boolean(),
  restarts: z.int(),
  version: z.string().nullable(),
  /** Names that are not set are not there; of a value that comes from elsewhere only its name is known. */
  environment: z.record(z.string(), z.string().nullable()),
});
export type CalicoNode = z.infer<typeof CalicoNode>;

/** What Kubernetes reported about the pod: events of one reason and text count as one. */
export const PodEvent = z.strictObject({ type: z.string(), reason: z.string(), message: z.string() });
export type PodEvent = z.infer<typeof PodEvent>;

/** Every object that may decide this pod's egress, as stored, and what could not be read. */
export const Policies = z.strictObject({
  /** NetworkPolicy, Calico NetworkPolicy and GlobalNetworkPolicy, Tier, (Cluster|Admin|BaselineAdmin)NetworkPolicy, NetworkSet … */
  objects: z.array(StoredObject),
  namespaces: z.array(StoredObject),
  serviceAccounts: z.array(StoredObject),
  /** Kinds that this cluster serves and that were refused or failed: any answer is doubtful then. */
  unread: z.array(z.strictObject({ kind: z.string(), reason: z.string() })),
  /** Policy kinds of other CNIs that are present and not understood here, such as CiliumNetworkPolicy. */
  notUnderstood: z.array(z.string()),
  /** Every HostEndpoint is among the objects; they are read where a policy may apply to what leaves a node. */
  areHostsRead: z.boolean().optional(),
});
export type Policies = z.infer<typeof Policies>;
