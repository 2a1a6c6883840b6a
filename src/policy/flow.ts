import type { Address } from '../net/address.ts';
import type { Bearer, IcmpKind, ServiceEndpoint } from './model.ts';

/** A flow with its address parsed, and what is known of who has the address and of who sends. */
export interface ParsedFlow {
  readonly family: 4 | 6;
  /** Null for a pod of a service that was not seen running: who it is is known, where it is not. */
  readonly address: Address | null;
  /** Null for a protocol without ports, and where the port was not said. */
  readonly port: number | null;
  readonly protocol: number;
  readonly icmp: IcmpKind | null;
  /** Everybody who is known to have the address: an endpoint, network sets. */
  readonly peers: readonly Bearer[];
  /** Who else may have it; none of them where nobody may, `'anybody'` for somebody whom we do not know. */
  readonly strangers: readonly Bearer[] | 'anybody';
  /** Why there may be one. */
  readonly whyStrangers: string;
  /** The node of the pod that has the address, null where that is not known; undefined outside the cluster. */
  readonly peerNode?: string | null | undefined;
  /** Translated from a service's address on its way: then even a packet to the pod itself leaves it. */
  readonly isTranslated?: boolean;
  /** The names of the port at its pod; null when that pod is not known. */
  readonly portNames: readonly string[] | null;
  readonly source: Bearer;
  /** The pod's own address of the same family; null when it has none. */
  readonly sourceAddress: Address | null;
  readonly services: ReadonlyMap<string, readonly ServiceEndpoint[]> | null;
}

export type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly missed: string | null }
  | { readonly kind: 'unknown'; readonly doubt: string };

export const yes: Match = { kind: 'yes' };
const plainNo: Match = { kind: 'no', missed: null };
export const no = (missed: string | null = null): Match => (missed === null ? plainNo : { kind: 'no', missed });
export const unknown = (doubt: string): Match => ({ kind: 'unknown', doubt });

/** The same text for the same address, however it was written. */
export const keyOf = ({ family, words }: Address): string => `${family}:${words.join(',')}`;
