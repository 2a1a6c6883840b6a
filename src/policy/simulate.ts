import type { PodObject, Policies } from '../evidence/objects.ts';
import { compilePolicies } from './compile.ts';
import { endpointOf } from './endpoint.ts';
import { evaluateEgress } from './evaluate.ts';
import type { Endpoint, PolicyModel } from './model.ts';

/** What a change of the policies does to one pod. */
export interface Effect {
  readonly pod: string;
  readonly newlyOpen: readonly string[];
  readonly newlyShut: readonly string[];
  readonly stillShut: readonly string[];
  /** Decided from the tiers themselves, never from sampled flows. */
  readonly newlyIsolated: boolean;
  readonly isDoubtful: boolean;
}

interface Place {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

/** One address of each kind that an IPv4 control or a cluster's own services would be. */
const controls: readonly Place[] = [
  { family: 4, address: '8.8.8.8', port: 443 },
  { family: 4, address: '192.0.2.1', port: 53 },
];

/** The tiers in which nothing but an allow would let the pod out. */
function shutTiers({ tiers }: PolicyModel, endpoint: Endpoint): string[] {
  return tiers
    .filter(({ endsWith, policies }) => endsWith === 'deny' && policies.some((policy) => policy.selects(endpoint)))
    .map(({ name }) => name);
}

export function compareSets(pod: PodObject, before: Policies, after: Policies, destinations: readonly Place[]): Effect {
  const models = [compilePolicies(before), compilePolicies(after)] as const;
  const endpoint = endpointOf(pod, before);
  const places = [...destinations, ...controls];
  const pairs = places.map((place) => {
    const [old, now] = models.map((model) => evaluateEgress(model, endpoint, { ...place, protocol: 'TCP' }).allowed);
    return {
      place: place.family === 6 ? `[${place.address}]:${place.port}` : `${place.address}:${place.port}`,
      old,
      now,
    };
  });
  const of = (old: boolean, now: boolean) =>
    pairs.filter((pair) => pair.old === old && pair.now === now).map(({ place }) => place);
  const [oldTiers, newTiers] = models.map((model) => shutTiers(model, endpoint));
  return {
    pod: pod.name,
    newlyOpen: of(false, true),
    newlyShut: of(true, false),
    stillShut: of(false, false),
    newlyIsolated: (newTiers ?? []).some((tier) => !oldTiers?.includes(tier)),
    isDoubtful: pairs.some(({ old, now }) => old === null || now === null),
  };
}
