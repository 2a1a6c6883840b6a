import { BotError } from '../src/errors.ts';
import type { Attempt } from '../src/evidence/evidence.ts';
import type { NameLookup } from '../src/evidence/flows.ts';
import type { Destination } from '../src/jobs/job.ts';
import { canonicalIPv6 } from './probes/address.ts';

export interface Anchors {
  readonly anchorsIpv6: readonly string[];
  readonly anchorsIpv4: readonly string[];
  readonly anchorPort: number;
}

/** Addresses of a host name, those of one family at a time; empty when it has none. Rejects when nobody answers. */
export type Resolve = (host: string, family: 4 | 6) => Promise<readonly string[]>;

/** What a run tries: the named destination or the anchors, and IPv4 beside it as the control. */
export async function attemptFor(named: Destination | null, anchors: Anchors, resolve: Resolve): Promise<Attempt> {
  const control = anchors.anchorsIpv4.map((address) => ipv4(address, anchors.anchorPort));
  if (named === null) return atAnchors(anchors);

  const { host, port } = named;
  if (host.includes(':')) return { isNamed: true, destinations: [ipv6(host, port), ...control] };
  const [six, four] = await Promise.all([addressesOf(host, 6, resolve), addressesOf(host, 4, resolve)]);
  if (six.length === 0) {
    const has = four.length > 0 ? 'it has only IPv4 addresses (no AAAA record)' : 'the name has no address';
    throw new BotError('DESTINATION_UNRESOLVED', `${host}: ${has}`);
  }
  const own = four.slice(0, 2).map((address) => ipv4(address, port));
  return {
    ...{ isNamed: true, name: { host, port } },
    destinations: [...six.slice(0, 2).map((address) => ipv6(address, port)), ...(own.length > 0 ? own : control)],
  };
}

/**
 * The same for a check. The pod resolves a name for itself, so one that is not known here, such as a name of the cluster, or
 * that has no AAAA record, is for the pod to find out: the anchors show meanwhile whether anything gets out.
 */
export async function attemptFromPod(named: Destination | null, anchors: Anchors, resolve: Resolve): Promise<Attempt> {
  try {
    return await attemptFor(named, anchors, resolve);
  } catch (error) {
    if (named === null || !(error instanceof BotError) || error.code !== 'DESTINATION_UNRESOLVED') throw error;
    return { ...atAnchors(anchors), name: { host: named.host, port: named.port } };
  }
}

/** What the pod's own resolver made of the name takes the place of the anchors that stood in for it. */
export function settled(attempt: Attempt, lookups: readonly NameLookup[] | null): Attempt {
  const { name, isNamed, destinations } = attempt;
  if (name === undefined || isNamed) return attempt;
  if (lookups === null || (lookups.length > 0 && lookups.every(({ outcome }) => outcome === 'no-such-name'))) {
    const who = lookups === null ? 'no resolver answers' : "the pod's resolver knows no such name either";
    throw new BotError('DESTINATION_UNRESOLVED', `${name.host}: ${who}`);
  }
  const found = (family: 4 | 6) =>
    lookups.filter((each) => each.family === family).flatMap(({ addresses }) => addresses);
  const six = found(6).slice(0, 2);
  if (six.length === 0) return attempt;
  const control = destinations.filter(({ family }) => family === 4);
  return { name, isNamed: true, destinations: [...six.map((address) => ipv6(address, name.port)), ...control] };
}

const ipv6 = (address: string, port: number) => ({ family: 6 as const, address: canonicalIPv6(address), port });
const ipv4 = (address: string, port: number) => ({ family: 4 as const, address, port });

function atAnchors({ anchorsIpv6, anchorsIpv4, anchorPort }: Anchors): Attempt {
  const destinations = [
    ...anchorsIpv6.map((address) => ipv6(address, anchorPort)),
    ...anchorsIpv4.map((address) => ipv4(address, anchorPort)),
  ];
  return { isNamed: false, destinations };
}

async function addressesOf(host: string, family: 4 | 6, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host, family);
  } catch (cause) {
    throw new BotError('DESTINATION_UNRESOLVED', `${host}: no resolver answers`, { cause });
  }
}
