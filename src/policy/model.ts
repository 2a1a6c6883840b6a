import type { Cidr } from '../net/cidr.ts';
import type { Selection } from './selection.ts';
import type { Labels, Selector } from './selector.ts';

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

/** One rule with every optional field resolved. All fields must match; the members of one are alternatives. */
export interface EgressRule {
  readonly path: string;
  readonly action: 'allow' | 'deny' | 'pass';
  readonly ipVersion: 4 | 6 | null;
  /** Protocol numbers; null for any. */
  readonly protocols: readonly number[] | null;
  readonly notProtocols: readonly number[];
  /** Null for any address. */
  readonly nets: readonly Cidr[] | null;
  readonly notNets: readonly Cidr[];
  readonly ports: Ports | null;
  readonly notPorts: Ports | null;
  /** Selects by label who has the address: an endpoint of the cluster or a network set. Null when the rule does not. */
  readonly selectsPeer: Selector | null;
  readonly excludesPeer: Selector | null;
  readonly sourceNets: readonly Cidr[] | null;
  readonly sourceNotNets: readonly Cidr[];
  readonly selectsSource: Selector | null;
  /** What of this rule cannot be judged here; null when all of it can. */
  readonly doubt: string | null;
}

export interface CompiledPolicy {
  readonly ref: PolicyRef;
  readonly order: number;
  readonly selects: (endpoint: Endpoint) => Selection;
  readonly rules: readonly EgressRule[];
}

export interface CompiledTier {
  readonly name: string;
  readonly order: number;
  readonly endsWith: 'deny' | 'pass';
  readonly policies: readonly CompiledPolicy[];
}

/** Addresses that bear labels without being an endpoint's: Calico's NetworkSet and GlobalNetworkSet. */
export interface LabelledNets {
  readonly labels: Labels;
  readonly nets: readonly Cidr[];
}

export interface PolicyModel {
  /** In the order in which packets meet them. */
  readonly tiers: readonly CompiledTier[];
  /** Things that were not read or not understood: any answer is doubtful. */
  readonly issues: readonly string[];
  /** What may still stop a packet that the pod's own policies let out. */
  readonly beyond: readonly string[];
  readonly sets: readonly LabelledNets[];
  readonly areSetsKnown: boolean;
  /** Where pods have their addresses; null when that is not known. */
  readonly podNets: readonly Cidr[] | null;
}

/** A pod as policies see it. */
export interface Endpoint {
  readonly namespace: string;
  /** Pod labels, `projectcalico.org/*`, and labels inherited with the prefixes `pcns.` and `pcsa.`. */
  readonly labels: Labels;
  readonly podLabels: Labels;
  readonly namespaceLabels: Labels;
  readonly addresses: readonly string[];
  readonly isHostNetwork: boolean;
  /** Whether the objects were read whose labels it inherits. */
  readonly knows: { readonly namespace: boolean; readonly account: boolean };
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMPv6';

export interface Flow {
  readonly address: string;
  readonly port: number | null;
  readonly protocol: Protocol;
}

export interface PolicyVerdict {
  /** Null when what is not understood could change the answer. */
  readonly allowed: boolean | null;
  readonly because: 'not-isolated' | 'rule' | 'profile' | 'denied-by-rule' | 'end-of-tier' | 'doubtful';
  readonly by: readonly RuleRef[];
  readonly isolatedBy: readonly PolicyRef[];
  readonly nearMisses: readonly (RuleRef & { readonly missed: string })[];
  readonly issues: readonly string[];
}
