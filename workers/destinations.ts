import { BotError } from '../src/errors.ts';
import type { Attempt } from '../src/evidence/evidence.ts';
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
export async function attemptFor(
  named: Destination | null,
  { anchorsIpv6, anchorsIpv4, anchorPort }: Anchors,
  resolve: Resolve,
): Promise<Attempt> {
  const ipv6 = (address: string, port: number) => ({ family: 6 as const, address: canonicalIPv6(address), port });
  const ipv4 = (address: string, port: number) => ({ family: 4 as const, address, port });
  const control = anchorsIpv4.map((address) => ipv4(address, anchorPort));
  if (named === null) {
    const anchors = anchorsIpv6.map((address) => ipv6(address, anchorPort));
    return { isNamed: false, destinations: [...anchors, ...control] };
  }

  const { host, port } = named;
  if (host.includes(':')) return { isNamed: true, destinations: [ipv6(host, port), ...control] };
  const [six, four] = await Promise.all([addressesOf(host, 6, resolve), addressesOf(host, 4, resolve)]);
  if (six.length === 0) {
    const has = four.length > 0 ? 'it has only IPv4 addresses (no AAAA record)' : 'the name has no address';
    throw new BotError('DESTINATION_UNRESOLVED', `${host}: ${has}`);
  }
  const own = four.slice(0, 2).map((address) => ipv4(address, port));
  return {
    isNamed: true,
    destinations: [...six.slice(0, 2).map((address) => ipv6(address, port)), ...(own.length > 0 ? own : control)],
  };
}

async function addressesOf(host: string, family: 4 | 6, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host, family);
  } catch (cause) {
    throw new BotError('DESTINATION_UNRESOLVED', `${host}: no resolver answers`, { cause });
  }
}
