import { isIPv4, isIPv6 } from 'node:net';

export interface ParsedCidr {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;
  /** RFC 5952, which the API server warns about and does not demand. */
  readonly isCanonical: boolean;
}

export type CidrResult =
  | { readonly ok: true; readonly cidr: ParsedCidr }
  | { readonly ok: false; readonly why: string };

const notCidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** The WHATWG host parser prints IPv6 addresses in their canonical form. */
const canonicalIPv6 = (address: string) => new URL(`http://[${address}]/`).hostname.slice(1, -1);

function wordsOf(canonical: string): readonly number[] {
  const [left = '', right] = canonical.split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  if (right === undefined) return words(left);
  const [head, tail] = [words(left), words(right)];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

const joined = (parts: readonly number[], width: bigint) =>
  parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);

export function parseCidr(text: string): CidrResult {
  const [address = '', length, ...rest] = text.split('/');
  if (length === undefined || rest.length > 0 || !/^\d+$/.test(length)) return { ok: false, why: notCidr };
  const octets = address.split('.');
  const hasZeros =
    octets.length === 4 && octets.every((octet) => /^\d+$/.test(octet)) && octets.some((octet) => /^0\d/.test(octet));
  if (hasZeros || /^0\d/.test(length)) return { ok: false, why: 'must not have leading 0s in IP or prefix length' };
  const family = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined;
  const size = family === 4 ? 32 : 128;
  const prefix = Number(length);
  if (family === undefined || prefix > size) return { ok: false, why: notCidr };
  const canonical = family === 6 ? canonicalIPv6(address) : address;
  if (canonical.startsWith('::ffff:')) return { ok: false, why: 'must not have an IPv4-mapped IPv6 address' };

  const bits = family === 4 ? joined(octets.map(Number), 8n) : joined(wordsOf(canonical), 16n);
  const host = BigInt(size - prefix);
  if ((bits >> host) << host !== bits) return { ok: false, why: 'must not have bits set beyond the prefix length' };
  return { ok: true, cidr: { family, bits, prefix, isCanonical: canonical === address } };
}

export function isStrictSubset(inner: ParsedCidr, outer: ParsedCidr): boolean {
  if (inner.family !== outer.family || inner.prefix <= outer.prefix) return false;
  const host = BigInt((outer.family === 4 ? 32 : 128) - outer.prefix);
  return inner.bits >> host === outer.bits >> host;
}

export const canonicalText = (text: string): string => {
  const [address = '', length = ''] = text.split('/');
  return `${canonicalIPv6(address)}/${length}`;
};
