import type { Cidr } from '../net/cidr.ts';
import type { Criterion } from './selection.ts';
import type { Labels } from './selector.ts';

export interface PolicyRef {
  /** The object's kind; `Calico NetworkPolicy` for the one that shares its kind with Kubernetes'. */
  readonly kind: string;
  /** Null for cluster-scoped policies. */
  readonly namespace: string | null;
  /** As stored, so that `kubectl get` finds it. */
  readonly name: string;
}

export interface RuleRef extends PolicyRef {
  /** `spec.egress[1]`, so that a message can point at the YAML. */
  readonly path: string;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Names belong to the ports of pods: no address outside the cluster has one. */
export interface Ports {
  readonly ranges: readonly PortRange[];
  readonly names: readonly string[];
}

/** Type and code of an ICMP message; a null code stands for any. */
export interface IcmpKind {
  readonly type: number | null;
  readonly code: number | null;
}

/** One rule with every optional field resolved. All fields must match; the members of one are alternatives. */
export interface EgressRule {
  readonly path: string;
  readonly action: 'allow' | 'deny' | 'pass';
  readonly ipVersion: 4 | 6 | null;
  /** Protocol numbers; null for any. */
  readonly protocols: readonly number[] | null;
  readonly notProtocols: readonly number[];
  readonly icmp: IcmpKind | null;
  readonly notIcmp: IcmpKind | null;
  /** Null for any address. */
  readonly nets: readonly Cidr[] | null;
  readonly notNets: readonly Cidr[];
  readonly ports: Ports | null;
  readonly notPorts: Ports | null;
  /** Selects by label who has the address: an endpoint of the cluster or a network set. Null when the rule does not. */
  readonly selectsPeer: Criterion | null;
  readonly excludesPeer: Criterion | null;
  /** `namespace/name` of the service whose endpoints are meant; null when the rule names none. */
  readonly service: string | null;
  readonly sourceNets: readonly Cidr[] | null;
  readonly sourceNotNets: readonly Cidr[];
  readonly selectsSource: Criterion | null;
  readonly excludesSource: Criterion | null;
  /** What of this rule cannot be judged here; null when all of it can. */
  readonly doubt: string | null;
}

export interface CompiledPolicy {
  readonly ref: PolicyRef;
  readonly order: number;
  readonly selects: Criterion;
  readonly rules: readonly EgressRule[];
}

export interface CompiledTier {
  readonly name: string;
  readonly order: number;
  readonly endsWith: 'deny' | 'pass';
  /** In the order in which packets meet them. */
  readonly policies: readonly CompiledPolicy[];
}

/** Somebody who bears labels: an endpoint, a host endpoint, a network set. */
export interface Bearer {
  /** Null for what is in no namespace. */
  readonly namespace: string | null;
  /** Own labels, `projectcalico.org/*`, and labels inherited with the prefixes `pcns.` and `pcsa.`. */
  readonly labels: Labels;
  /** Labels, and prefixes ending in a dot, of which nobody knows whether it bears them; `''` for any. */
  readonly unknown: readonly string[];
}

/** A pod as policies see it. */
export interface Endpoint extends Bearer {
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly isHostNetwork: boolean;
  readonly node: string | null;
}

/** Who has the destination's address, where the caller knows it. */
export interface Peer extends Pick<Bearer, 'labels'> {
  readonly namespace?: string | null;
  readonly unknown?: readonly string[];
  /** The names that it gives to the port. */
  readonly portNames: readonly string[];
}

/** Addresses that bear labels without being a pod's: network sets, and host endpoints by their expected addresses. */
export interface LabelledNets extends Bearer {
  readonly nets: readonly Cidr[];
}

/** One endpoint of a service. A null address belongs to a pod that was not seen running. */
export interface ServiceEndpoint {
  readonly address: string | null;
  readonly protocol: number;
  readonly port: number | null;
}

/** A host endpoint, with the policies that packets from pods meet on their way out of the node. */
export interface HostGate {
  readonly name: string;
  readonly node: string;
  /** One for all interfaces stops packets wherever they leave; another only where it is in their way. */
  readonly isOfAllInterfaces: boolean;
  /** Null where it is found by its expected addresses alone. */
  readonly interfaceName: string | null;
  readonly bearer: Bearer;
}

export interface PolicyModel {
  /** In the order in which packets meet them. */
  readonly tiers: readonly CompiledTier[];
  /** The same in the order of the other releases of Calico, where it is not known which runs and the orders differ. */
  readonly otherTiers: readonly CompiledTier[] | null;
  /** Things that were not read or not understood: any answer is doubtful. */
  readonly issues: readonly string[];
  /** The same, where only the pods of one namespace are concerned. */
  readonly issuesIn: ReadonlyMap<string, readonly string[]>;
  /** What may still stop a packet that the pod's own policies let out; with gates known, see those. */
  readonly beyond: readonly string[];
  /** Host endpoints, where they were read. */
  readonly gates: readonly HostGate[];
  readonly areGatesKnown: boolean;
  /** The policies of host endpoints that forwarded packets meet, and those that may drop or untrack the replies. */
  readonly forwardTiers: readonly CompiledTier[];
  readonly untracking: readonly CompiledPolicy[];
  readonly sets: readonly LabelledNets[];
  readonly areSetsKnown: boolean;
  /** Where pods have their addresses; null when that is not known. */
  readonly podNets: readonly Cidr[] | null;
  /** The endpoints of each service, `namespace/name`; null when services were not read. */
  readonly services: ReadonlyMap<string, readonly ServiceEndpoint[]> | null;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMPv6' | 'ICMP';

export interface Flow {
  readonly address: string;
  /** Null for a protocol without ports, or where the port is not said. */
  readonly port: number | null;
  readonly protocol: Protocol;
  readonly icmp?: IcmpKind;
}

export interface PolicyVerdict {
  /** Null when what is not understood could change the answer. */
  readonly allowed: boolean | null;
  readonly because: 'not-isolated' | 'itself' | 'rule' | 'profile' | 'denied-by-rule' | 'end-of-tier' | 'doubtful';
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly PolicyRef[];
  /** The tier whose end denies; null where something else decides. */
  readonly tier: string | null;
  readonly nearMisses: readonly (RuleRef & { readonly missed: string })[];
  readonly issues: readonly string[];
}
