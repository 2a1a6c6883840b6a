import { fromHex } from './address.ts';
import { linesOf, odd, type Section } from './section.ts';

/** IFA_F_* of linux/if_addr.h; the kernel prints the lowest eight bits. */
const flags = [
  [0x01, 'temporary'],
  [0x04, 'optimistic'],
  [0x08, 'dadfailed'],
  [0x20, 'deprecated'],
  [0x40, 'tentative'],
  [0x80, 'permanent'],
] as const;

/** The scope column is IPV6_ADDR_* of the kernel. */
const scopes: Readonly<Record<string, string>> = { '00': 'global', '10': 'host', '20': 'link', '40': 'site' };

/** `/proc/net/if_inet6`; empty where IPv6 is switched off. */
export const ifInet6: Section<'podAddresses'> = {
  provides: 'podAddresses',
  from: ['if_inet6'],
  parse: (text = '') => linesOf(text).map(parseLine),
};

function parseLine(line: string): unknown {
  const match = /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]{2}) ([0-9a-f]{2}) ([0-9a-f]{2,}) +(\S+)$/u.exec(line.trim());
  if (!match) throw odd('not a line of if_inet6', line);
  const [, digits = '', length = '', scope = '', bits = '', device] = match;
  return {
    address: fromHex(digits),
    prefixLength: Number.parseInt(length, 16),
    device,
    scope: scopes[scope] ?? 'other',
    flags: flags.flatMap(([bit, name]) => ((Number.parseInt(bits, 16) & bit) === 0 ? [] : [name])),
  };
}
