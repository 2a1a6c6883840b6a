/** RFC 5952 form of what the kernel and its tools print, so that texts can be compared. */
export function canonicalIPv6(text: string): string {
  const url = URL.parse(`http://[${text}]/`);
  if (!url) throw new Error(`not an IPv6 address: ${text.slice(0, 60)}`);
  return url.hostname.slice(1, -1);
}

/** The 32 hexadecimal digits of procfs. */
export function fromHex(digits: string): string {
  if (!/^[0-9a-f]{32}$/u.test(digits)) throw new Error(`not an address in hexadecimal: ${digits.slice(0, 60)}`);
  return canonicalIPv6(digits.match(/.{4}/gu)?.join(':') ?? '');
}

/** `default`, or a CIDR with its prefix length written out. */
export function canonicalDestination(text: string): string {
  if (text === 'default' || text === '::/0') return 'default';
  const [address = '', length = '128'] = text.split('/');
  return `${canonicalIPv6(address)}/${length}`;
}
