import type { Calico, PodObject, Policies } from '../evidence/objects.ts';
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

export interface Place {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

/** IPv4 as it was is part of the promise, whatever was asked about IPv6. */
const controls: readonly Place[] = [
  { family: 4, address: '8.8.8.8', port: 443 },
  { family: 4, address: '192.0.2.1', port: 53 },
];

/** The tiers in which nothing but an allow lets the pod out, for sure or if a doubtful policy selects it too. */
function shutTiers({ tiers }: PolicyModel, endpoint: Endpoint, isSure: boolean): string[] {
  return tiers
    .filter(({ endsWith, policies }) => {
      const selections = policies.map((policy) => policy.selects(endpoint));
      return endsWith === 'deny' && selections.some((each) => (isSure ? each === 'yes' : each !== 'no'));
    })
    .map(({ name }) => name);
}

const shown = ({ family, address, port }: Place) => (family === 6 ? `[${address}]:${port}` : `${address}:${port}`);

/** Compares two sets of policies for one pod, by flows for what opens and structurally for who is isolated. */
export function compareSets(
  pod: PodObject,
  before: Policies,
  after: Policies,
  calico: Calico,
  destinations: readonly Place[],
): Effect {
  const old = compilePolicies(before, calico);
  const now = compilePolicies(after, calico);
  const endpoint = endpointOf(pod, before);
  const answer = (model: PolicyModel, place: Place) =>
    evaluateEgress(model, endpoint, { ...place, protocol: 'TCP' }).allowed;
  const pairs = [...destinations, ...controls].map((place) => {
    return { place, old: answer(old, place), now: answer(now, place) };
  });
  const where = (wasOpen: boolean, isOpen: boolean) =>
    pairs.filter((pair) => pair.old === wasOpen && pair.now === isOpen).map(({ place }) => shown(place));
  const isolatedBefore = shutTiers(old, endpoint, true);
  const isolatedBySome = shutTiers(old, endpoint, false);
  const isolatedNow = shutTiers(now, endpoint, false);
  return {
    pod: pod.name,
    newlyOpen: where(false, true),
    newlyShut: where(true, false),
    stillShut: where(false, false),
    // A tier that only a doubtful policy shut would be shut for sure by a second one.
    newlyIsolated: isolatedNow.some(
      (tier) =>
        !isolatedBySome.includes(tier) ||
        (!isolatedBefore.includes(tier) && shutTiers(now, endpoint, true).includes(tier)),
    ),
    isDoubtful: pairs.some((pair) => pair.old === null || pair.now === null),
  };
}
