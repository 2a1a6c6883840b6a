import { fromHex } from './address.ts';
import { linesOf, odd, type Section } from './section.ts';

/** RTF_* of linux/ipv6_route.h and linux/route.h; `default` is one learned from a Router Advertisement. */
const rtf = { reject: 0x0200, default: 0x0001_0000, anycast: 0x0010_0000, local: 0x8000_0000 };
const nowhere = '0'.repeat(32);

/** `/proc/net/ipv6_route`, which knows no protocols, tables or kinds of reject. */
export const ipv6Route: Section<'podRoutes'> = {
  provides: 'podRoutes',
  from: ['ipv6_route'],
  parse: (text = '') => linesOf(text).flatMap(parseLine),
};

function parseLine(line: string): unknown[] {
  const hex = /^[0-9a-f]+$/u;
  const fields = line.trim().split(/\s+/u);
  const [to = '', length = '', , , hop = '', metric = '', , , flagText = '', device = ''] = fields;
  if (fields.length !== 10 || !hex.test(length) || !hex.test(metric) || !hex.test(flagText)) {
    throw odd('not a line of ipv6_route', line);
  }

  const flags = Number.parseInt(flagText, 16);
  const has = (bit: number) => Math.floor(flags / bit) % 2 === 1;
  // The kernel's own null entry, in every namespace.
  if (device === 'lo' && metric === 'ffffffff' && has(rtf.reject)) return [];

  const prefixLength = Number.parseInt(length, 16);
  return [
    {
      destination: to === nowhere && prefixLength === 0 ? 'default' : `${fromHex(to)}/${prefixLength}`,
      type: typeOf(has, to),
      gateway: hop === nowhere ? null : fromHex(hop),
      device,
      metric: Number.parseInt(metric, 16),
      protocol: has(rtf.default) ? 'ra' : null,
      table: null,
      expiresSeconds: null,
    },
  ];
}

function typeOf(has: (bit: number) => boolean, to: string): string {
  if (has(rtf.reject)) return 'reject';
  if (has(rtf.local)) return 'local';
  if (has(rtf.anycast)) return 'anycast';
  return to.startsWith('ff') ? 'multicast' : 'unicast';
}
