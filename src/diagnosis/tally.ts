import type { EvidenceBag } from '../evidence/evidence.ts';
import type { Connect } from '../evidence/flows.ts';
import { type Observation, observedIn } from '../evidence/observation.ts';

/** How the attempts at one destination ended. */
export interface Tally {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly attempts: number;
  readonly connected: number;
  /** How the others ended, each word once, in order of appearance. */
  readonly failures: readonly string[];
}

export function tallyOf(connects: readonly Connect[]): Tally[] {
  const byDestination = Map.groupBy(connects, ({ family, address, port }) => `${family} ${address} ${port}`);
  return [...byDestination.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const failures = group.filter(({ outcome }) => outcome !== 'connected').map(({ outcome }) => outcome);
    return [
      {
        family: first.family,
        address: first.address,
        port: first.port,
        attempts: group.length,
        connected: group.length - failures.length,
        failures: [...new Set(failures)],
      },
    ];
  });
}

export function describeTally({ address, port, attempts, connected, failures }: Tally): string {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const odd = connected > 0 && connected < attempts ? 'intermittent ' : '';
  const why = failures.length > 0 ? ` (${failures.join(', ')})` : '';
  return `${place} ${odd}${connected}/${attempts} connected${why}`;
}

/** What the subject's own connects prove. `unproved` is not a failure: nothing was tried, or it could not be. */
export type Reach = 'all' | 'some' | 'none' | 'unproved';

export interface Connectivity {
  readonly ipv6: Reach;
  readonly ipv4: Reach;
  readonly tallies: readonly Tally[];
  /** Anchors that fail from the node as well while the others connect: they are at fault themselves. */
  readonly deadAnchors: readonly Tally[];
  /** The anchors stood in for a name that only the pod could resolve. */
  readonly isStandIn: boolean;
}

export function connectivityOf(bag: EvidenceBag): Connectivity {
  const attempt = observedIn(bag.attempt);
  const fromNode = tallyOf(observedIn(bag.nodeConnects) ?? []);
  const tallies = tallyOf(observedIn(ownConnects(bag)) ?? []);
  const wanted = attempt?.destinations ?? [];

  const isDead = (tally: Tally) =>
    attempt?.isNamed === false &&
    tally.connected === 0 &&
    fromNode.some(
      ({ address, port, connected }) => address === tally.address && port === tally.port && connected === 0,
    );
  const ofFamily = (family: 4 | 6) => tallies.filter((tally) => tally.family === family);
  const living = ofFamily(6).filter((tally) => !isDead(tally));
  // If none is left alive, the way out is as much in doubt as the anchors are.
  const deadAnchors = living.some(({ connected }) => connected > 0) ? ofFamily(6).filter(isDead) : [];
  const deadAddresses = new Set(deadAnchors.map(({ address }) => address));

  const reach = (family: 4 | 6) =>
    reachOf(
      ofFamily(family).filter(({ address }) => !deadAddresses.has(address)),
      wanted.filter((destination) => destination.family === family && !deadAddresses.has(destination.address)).length,
    );
  const isStandIn = attempt?.name !== undefined && !attempt.isNamed;
  // Without the request nobody knows what was to be tried.
  const isKnown = attempt !== null;
  return {
    ...{ ipv6: isKnown ? reach(6) : 'unproved', ipv4: isKnown ? reach(4) : 'unproved' },
    ...{ tallies, deadAnchors, isStandIn },
  };
}

function reachOf(tallies: readonly Tally[], wanted: number): Reach {
  const attempts = tallies.reduce((sum, tally) => sum + tally.attempts, 0);
  const connected = tallies.reduce((sum, tally) => sum + tally.connected, 0);
  if (attempts === 0) return 'unproved';
  if (connected === 0) return 'none';
  if (connected < attempts) return 'some';
  // A destination that nobody tried is not reached.
  return tallies.length >= wanted ? 'all' : 'unproved';
}

/** A pod in its node's network, or a node itself, is seen through the node's own connects. */
function ownConnects(bag: EvidenceBag): Observation<readonly Connect[]> | undefined {
  if (bag.podConnects?.status === 'observed') return bag.podConnects;
  const pod = observedIn(bag.pod);
  const isNodesView = bag.pod === undefined || pod?.isHostNetwork === true;
  return isNodesView ? bag.nodeConnects : bag.podConnects;
}
