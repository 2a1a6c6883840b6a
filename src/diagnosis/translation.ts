import type { Attempt, Evidence } from '../evidence/evidence.ts';
import type { FilterRule, Flow } from '../evidence/flows.ts';
import type { IPPool, PodObject } from '../evidence/objects.ts';
import { type Observation, observedIn } from '../evidence/observation.ts';
import { isCalicos } from './filter-chains.ts';
import { containsIPv6, isUniqueLocal } from './networks.ts';
import { ownFlows } from './own-flows.ts';
import { ipv6Of } from './pod.ts';
import { isDefault } from './routes.ts';

export interface TranslationEvidence {
  readonly calico: Observation<Evidence['calico']>;
  readonly nodeFlows: Observation<Evidence['nodeFlows']>;
  readonly nodeDestinationRoutes: Observation<Evidence['nodeDestinationRoutes']>;
  readonly nodeRoutes: Observation<Evidence['nodeRoutes']>;
}

/** What keeps Calico from translating packets that a pool wants translated. */
export type Obstacle = 'destination-in-pool' | 'interface-filter' | 'ipv4-address' | 'no-chain';

export function poolOf(pools: readonly IPPool[], address: string): IPPool | null {
  return pools.find(({ cidr }) => containsIPv6(cidr, address)) ?? null;
}

/** Addresses outside the cluster: of all that was tried, what is global. */
export function outsideOf({ destinations }: Pick<Attempt, 'destinations'>): Attempt['destinations'] {
  return destinations.filter(({ family, address }) => family === 6 && !isUniqueLocal(address));
}

/** Flows that left the node under the pod's own address, and that nobody answered. */
export function untranslated(flows: readonly Flow[]): Flow[] {
  return flows.filter(({ isUnreplied, original, reply }) => isUnreplied && reply.destination === original.source);
}

/**
 * Null where a packet was translated, where nothing shows that it was not, where the pool does not ask for it, and where none
 * of the obstacles is there.
 */
export function whyUntranslated(
  pod: PodObject,
  attempt: Attempt,
  evidence: TranslationEvidence,
  rules: readonly FilterRule[] | null,
): Obstacle | null {
  const calico = observedIn(evidence.calico);
  const outside = outsideOf(attempt);
  const flows = untranslated(ownFlows(evidence.nodeFlows, pod, { destinations: outside }));
  if (calico === null || flows.length === 0) return null;
  if (poolOf(calico.ipPools, ipv6Of(pod) ?? '')?.natOutgoing !== true) return null;

  if (flows.every(({ original }) => isFalselyInside(original.destination, calico.ipPools, evidence))) {
    return 'destination-in-pool';
  }
  if (interfaceFilterOf(calico, rules).some((filter) => !matchesUplinks(filter, evidence))) return 'interface-filter';
  const hasChain = rules === null || rules.some((rule) => isCalicos(rule) && /nat-outgoing$/.test(rule.chain));
  if (hasChain) return null;
  return isIPv4Only(calico.felix.natOutgoingAddress) ? 'ipv4-address' : 'no-chain';
}

/** A pool holds it, and the node sends it to the outside all the same. */
export function isFalselyInside(
  address: string,
  pools: readonly IPPool[],
  { nodeDestinationRoutes, nodeRoutes }: Pick<TranslationEvidence, 'nodeDestinationRoutes' | 'nodeRoutes'>,
): boolean {
  if (poolOf(pools, address) === null) return false;
  const way = observedIn(nodeDestinationRoutes)?.find(({ to }) => to === address);
  const gateways = (observedIn(nodeRoutes) ?? []).filter(isDefault).map(({ gateway }) => gateway);
  return way === undefined || gateways.length === 0 || gateways.includes(way.gateway);
}

/** What Felix was told, or what its rules say: the interfaces by which packets are translated. */
export function interfaceFilterOf({ felix }: Evidence['calico'], rules: readonly FilterRule[] | null): string[] {
  const told = felix.iptablesNATOutgoingInterfaceFilter;
  const written = (rules ?? [])
    .filter(({ chain }) => /cali-nat-outgoing$/.test(chain))
    .flatMap(({ rule }) => /(?:-o |oifname )"?([^\s"]+)"?/.exec(rule)?.[1] ?? []);
  return [...new Set([...(typeof told === 'string' && told !== '' ? [told] : []), ...written])];
}

function matchesUplinks(
  filter: string,
  { nodeDestinationRoutes }: Pick<TranslationEvidence, 'nodeDestinationRoutes'>,
): boolean {
  const devices = (observedIn(nodeDestinationRoutes) ?? []).flatMap(({ device }) => device ?? []);
  const stem = filter.replace(/[+*]$/, '');
  return devices.every((device) => (stem === filter ? device === filter : device.startsWith(stem)));
}

export function isIPv4Only(address: unknown): address is string {
  return typeof address === 'string' && address !== '' && !address.includes(':');
}
