import type { Attempt, Evidence } from '../evidence/evidence.ts';
import { type Observation, observedIn } from '../evidence/observation.ts';
import { isGlobalUnicast } from './networks.ts';
import { ownFlows } from './own-flows.ts';
import { tallyOf } from './tally.ts';

interface Left {
  readonly pod: Observation<Evidence['pod']>;
  readonly node: Observation<Evidence['node']>;
  readonly podConnects: Observation<Evidence['podConnects']>;
  readonly nodeConnects: Observation<Evidence['nodeConnects']>;
  readonly nodeFlows: Observation<Evidence['nodeFlows']>;
  readonly nodeNeighbours: Observation<Evidence['nodeNeighbours']>;
  readonly nodeDestinationRoutes: Observation<Evidence['nodeDestinationRoutes']>;
  readonly nodeFilterRules: Observation<Evidence['nodeFilterRules']>;
}

/**
 * The pod's packets left the node under an address of its own, its gateway answers, no filter of the node's took the replies,
 * and the same two operators answer over IPv4: what is left is the network.
 */
export function rulesOutTheRest(attempt: Attempt, extra: Left): boolean {
  const [pod, node] = [observedIn(extra.pod), observedIn(extra.node)];
  if (pod === null || node === null || extra.nodeFilterRules.status !== 'observed') return false;
  const own = [...node.addresses, ...pod.podIPs];
  const left = ownFlows(extra.nodeFlows, pod, attempt).filter(
    ({ reply }) => isGlobalUnicast(reply.destination) && own.includes(reply.destination),
  );
  const gateways = (observedIn(extra.nodeDestinationRoutes) ?? []).flatMap(({ gateway }) => gateway ?? []);
  const answering = (observedIn(extra.nodeNeighbours) ?? []).filter(
    ({ address, mac, state }) => mac !== null && !/FAILED|INCOMPLETE/.test(state) && gateways.includes(address),
  );
  const control = tallyOf(observedIn(extra.podConnects) ?? []).filter(({ family }) => family === 4);
  const isAnswered = control.length > 1 && control.every(({ connected }) => connected > 0);
  // A reset ends the entry of a flow that nobody had answered, and shows that packets travel both ways.
  const isReset = [extra.podConnects, extra.nodeConnects].every((connects) => isRefused(observedIn(connects) ?? []));
  return (left.length > 0 || isReset) && answering.length > 0 && isAnswered;
}

function isRefused(connects: Evidence['podConnects']): boolean {
  const ipv6 = connects.filter(({ family }) => family === 6);
  return ipv6.length > 0 && ipv6.every(({ outcome }) => outcome === 'ECONNREFUSED');
}
