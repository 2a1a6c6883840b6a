import type { Calico, PodObject, Policies } from '../evidence/objects.ts';
import { compilePolicies } from './compile.ts';
import { endpointOf } from './endpoint.ts';
import { evaluateEgress } from './evaluate.ts';
import { isNewlyShut } from './isolation.ts';
import type { PolicyModel } from './model.ts';

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

const shown = ({ family, address, port }: Place) => (family === 6 ? `[${address}]:${port}` : `${address}:${port}`);

/** Compares two sets of policies for one pod, by flows for what opens and structurally for who is isolated. */
export function compareSets(
  pod: PodObject,
  before: Policies,
  after: Policies,
  calico: Calico,
  destinations: readonly Place[],
): Effect {
  return comparer(before, after, calico, destinations)(pod);
}

/** The same for many pods, the policies compiled once. */
export function comparer(
  before: Policies,
  after: Policies,
  calico: Calico,
  destinations: readonly Place[],
): (pod: PodObject) => Effect {
  const old = compilePolicies(before, calico);
  const now = compilePolicies(after, calico);
  return (pod) => {
    const endpoint = endpointOf(pod, before);
    const answer = (model: PolicyModel, place: Place) =>
      evaluateEgress(model, endpoint, { ...place, protocol: 'TCP' }).allowed;
    const pairs = [...destinations, ...controls].map((place) => {
      return { place, old: answer(old, place), now: answer(now, place) };
    });
    const where = (wasOpen: boolean, isOpen: boolean) =>
      pairs.filter((pair) => pair.old === wasOpen && pair.now === isOpen).map(({ place }) => shown(place));
    return {
      pod: pod.name,
      newlyOpen: where(false, true),
      newlyShut: where(true, false),
      stillShut: where(false, false),
      newlyIsolated: isNewlyShut({ model: old, endpoint }, { model: now, endpoint }),
      isDoubtful: pairs.some((pair) => pair.old === null || pair.now === null),
    };
  };
}
