import { type Address, formatAddress, parseAddress } from './address.ts';

export interface Cidr {
  readonly family: 4 | 6;
  readonly words: Address['words'];
  /** In the family's own bits: 0–32 or 0–128. */
  readonly prefixLength: number;
}

type Words = [number, number, number, number];

function maskWord(index: number, bits: number): number {
  const inWord = Math.min(32, Math.max(0, bits - index * 32));
  return inWord === 0 ? 0 : (0xffffffff << (32 - inWord)) >>> 0;
}

const depth = ({ family, prefixLength }: Cidr) => (family === 4 ? prefixLength + 96 : prefixLength);

/** An IPv4-mapped prefix of 96 bits or more is IPv4, as Go's net package prints it and Felix therefore reads it. */
function unmapped({ family, words, prefixLength }: Cidr): Cidr {
  const isMapped = family === 6 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff && prefixLength >= 96;
  return isMapped
    ? { family: 4, words: [0, 0, 0, words[3]], prefixLength: prefixLength - 96 }
    : { family, words, prefixLength };
}

/** Host bits are dropped. A bare address is refused: CIDR fields want a prefix length. Null for anything else. */
export function parseCidr(text: string): Cidr | null {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match?.[1] === undefined ? null : parseAddress(match[1]);
  const prefixLength = Number(match?.[2]);
  if (!address || prefixLength > (address.family === 4 ? 32 : 128)) return null;
  const cidr = { family: address.family, words: address.words, prefixLength };
  const words: Words = [0, 0, 0, 0];
  for (let index = 0; index < 4; index += 1)
    words[index] = ((address.words[index] ?? 0) & maskWord(index, depth(cidr))) >>> 0;
  return unmapped({ ...cidr, words });
}

/** `nets` of Calico may be bare addresses. */
export function parseNet(text: string): Cidr | null {
  if (text.includes('/')) return parseCidr(text);
  const address = parseAddress(text);
  return address && unmapped({ ...address, prefixLength: address.family === 4 ? 32 : 128 });
}

export function contains(cidr: Cidr, address: Address): boolean {
  if (cidr.family !== address.family) return false;
  const bits = depth(cidr);
  for (let index = 0; index < 4; index += 1) {
    if ((((address.words[index] ?? 0) ^ (cidr.words[index] ?? 0)) & maskWord(index, bits)) !== 0) return false;
  }
  return true;
}

/** Whether all of `inner` lies in `outer`. */
export function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.prefixLength >= outer.prefixLength && contains(outer, inner);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

export function formatCidr({ family, words, prefixLength }: Cidr): string {
  return `${formatAddress({ family, words })}/${prefixLength}`;
}

const range = (text: string) => {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} is no CIDR`);
  return cidr;
};
const uniqueLocal = range('fc00::/7');
const linkLocal = range('fe80::/10');
const globalUnicast = range('2000::/3');

/** RFC 4193. */
export const isUniqueLocal = (address: Address): boolean => contains(uniqueLocal, address);
export const isLinkLocal = (address: Address): boolean => contains(linkLocal, address);
/** What IANA has given out for global unicast; documentation prefixes are in it. */
export const isGlobalUnicast = (address: Address): boolean => contains(globalUnicast, address);

const privateUse = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(range);
/** RFC 1918, RFC 6598 and RFC 4193: where clusters keep their pods. */
export const isPrivate = (address: Address): boolean =>
  isUniqueLocal(address) || privateUse.some((cidr) => contains(cidr, address));
