import type { Cidr } from '../net/cidr.ts';
import type { Selector } from './selector.ts';

export interface PolicyRef {
  readonly kind: string;
  /** Null for cluster-scoped policies. */
  readonly namespace: string | null;
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
  readonly ports: readonly PortRange[] | null;
  readonly notPorts: readonly PortRange[];
  /** Selects endpoints of the cluster by label; null when the rule does not. */
  readonly selectsPeer: Selector | null;
  readonly selectsSource: Selector | null;
  /** What of this rule cannot be judged here; null when all of it can. */
  readonly doubt: string | null;
}

export interface CompiledPolicy {
  readonly ref: PolicyRef;
  readonly order: number;
  readonly selects: (endpoint: Endpoint) => boolean;
  readonly rules: readonly EgressRule[];
}

export interface CompiledTier {
  readonly name: string;
  readonly order: number;
  readonly endsWith: 'deny' | 'pass';
  readonly policies: readonly CompiledPolicy[];
}

export interface PolicyModel {
  /** In the order in which packets meet them. */
  readonly tiers: readonly CompiledTier[];
  /** Things that were not read or not understood: an answer that depends on them is doubtful. */
  readonly issues: readonly string[];
}

/** A pod as policies see it. */
export interface Endpoint {
  readonly namespace: string;
  /** Pod labels, `projectcalico.org/*`, and labels inherited with the prefixes `pcns.` and `pcsa.`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
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
