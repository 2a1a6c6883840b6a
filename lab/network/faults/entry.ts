import type { KubeObject, Shape } from '../../contract.ts';
import type { Quirks } from '../agent/program.ts';
import type { Plan } from '../plan.ts';
import type { Zone } from '../server/dns.ts';

/** The packet's way out, in order: which part of it an entry is about. */
export const stages = [
  'address',
  'pod-route',
  'gateway',
  'node-route',
  'forwarding',
  'policy',
  'firewall',
  'overlay',
  'translation',
  'upstream',
  'mtu',
  'dns',
  'application',
] as const;

export type Stage = (typeof stages)[number];

/** What an entry does to the healthy lab: to its packets, to its objects, or to both. */
export interface Injection {
  /** Shell lines in the lab's outer namespaces, once everything is up. */
  readonly script?: readonly string[];
  readonly objects?: readonly KubeObject[];
  /** Applied to every object of the healthy cluster; null takes it away. */
  readonly edit?: (object: KubeObject) => KubeObject | null;
  readonly quirks?: Quirks;
  readonly destination?: string;
  /** Name servers in the pods' resolv.conf. */
  readonly resolvers?: readonly string[];
  readonly zone?: Zone;
  /** What BIRD's client shows on the nodes. */
  readonly bird?: string;
  /** What runs meanwhile: the pod's own application, and other pods'. */
  readonly traffic?: readonly ('retries' | 'strangers')[];
}

export interface Entry {
  /** The cause, or the cause and what is particular about this variant: `natoutgoing-disabled-ula--set-empty`. */
  readonly id: string;
  /** What must be named: an id of the fault catalogue. Null for what works. */
  readonly cause: string | null;
  readonly stage: Stage;
  readonly kind: 'fault' | 'healthy' | 'double' | 'notInjectable';
  /** One sentence: what is done, or why it cannot be done here. */
  readonly how: string;
  readonly shape?: Partial<Shape>;
  readonly inject?: (plan: Plan) => Injection;
}

interface Variant extends Pick<Entry, 'shape' | 'inject'> {
  readonly how: string;
}

/** A cause and its variants; '' is the plain one, which bears the cause's own name. */
export function variantsOf(cause: string, stage: Stage, variants: Readonly<Record<string, Variant>>): Entry[] {
  return Object.entries(variants).map(([name, variant]) => ({
    id: name === '' ? cause : `${cause}--${name}`,
    cause,
    stage,
    kind: 'fault',
    ...variant,
  }));
}

export const notInjectable = (cause: string, stage: Stage, how: string): Entry => ({
  id: cause,
  cause,
  stage,
  kind: 'notInjectable',
  how,
});

export type Healthy = Pick<Entry, 'stage' | 'how' | 'shape' | 'inject'>;
