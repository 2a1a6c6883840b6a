import { createHash } from 'node:crypto';

export type Verb = 'Allow' | 'Deny' | 'Pass' | 'Log';

/** One end of a rule for one family: all fields must match, the members of a field are alternatives. */
export interface Side {
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  /** Addresses that a selector found; null where there is no selector, which is not the same as none found. */
  readonly chosen: readonly string[] | null;
  readonly notChosen: readonly string[] | null;
  /** `443` or `8000:8100`. */
  readonly ports: readonly string[];
  readonly notPorts: readonly string[];
}

export interface PolicyRule {
  readonly verb: Verb;
  /** As packet filters write it: a name in lower case, or a number. */
  readonly protocol: string | null;
  readonly notProtocol: string | null;
  readonly icmp: { readonly type: number; readonly code?: number } | null;
  readonly source: Side;
  readonly destination: Side;
}

export interface Policy {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly order: number;
  readonly rules: readonly PolicyRule[];
}

export interface Tier {
  readonly name: string;
  readonly endsWithPass: boolean;
  readonly policies: readonly Policy[];
}

export const anywhere: Side = { nets: [], notNets: [], chosen: null, notChosen: null, ports: [], notPorts: [] };

export const policyTitle = ({ kind, namespace, name }: Policy) =>
  `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;

/** Names that fit a packet filter's 28 characters. */
export const shortName = (prefix: string, text: string) =>
  `${prefix}${createHash('sha1').update(text).digest('base64url').replaceAll(/^-/g, 'a').slice(0, 20)}`.slice(0, 28);
