/** Whether an IPv6 CIDR holds an IPv6 address; false for anything that is not IPv6. */
export function containsIPv6(cidr: string, address: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const network = numberOf(base);
  const member = numberOf(address);
  if (network === null || member === null || !/^\d{1,3}$/.test(length)) return false;
  const hostBits = BigInt(128 - Number(length));
  return network >> hostBits === member >> hostBits;
}

export function isUniqueLocal(address: string): boolean {
  return containsIPv6('fc00::/7', address);
}

export function isGlobalUnicast(address: string): boolean {
  return containsIPv6('2000::/3', address);
}

/** The well-known prefix of RFC 6052, from which DNS64 makes addresses. */
export function isOnNat64(address: string): boolean {
  return containsIPv6('64:ff9b::/96', address);
}

function numberOf(address: string): bigint | null {
  if (!/^[0-9a-f:]+$/i.test(address) || !address.includes(':')) return null;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after];
  if (groups.length !== 8) return null;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
