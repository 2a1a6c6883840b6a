import { linesOf, odd, type Section } from './section.ts';

const files: Readonly<Record<string, string>> = {
  '/proc/sys/net/netfilter/nf_conntrack_count': 'conntrackCount',
  '/proc/sys/net/netfilter/nf_conntrack_max': 'conntrackMax',
  '/proc/sys/net/ipv6/neigh/default/gc_thresh3': 'neighbourMax',
  '/proc/sys/net/ipv6/route/max_size': 'routeMax',
};

/** Where the number of destination entries stands in rt6_stats, in hexadecimal. */
const destinationEntries = 5;

/** Files as grep prints them, then `conntrack -S` with a line per processor. */
export const nodeTables: Section<'nodeTables'> = {
  provides: 'nodeTables',
  from: ['limits-before', 'limits-after'],
  parse: (before = '', after = '') => ({ before: useOf(before), after: useOf(after) }),
};

function useOf(text: string): Record<string, number | null> {
  const use: Record<string, number | null> = {
    ...{ conntrackCount: null, conntrackMax: null, conntrackDrops: null },
    ...{ neighbourMax: null, routeCount: null, routeMax: null },
  };
  const lines = linesOf(text);
  if (lines.length === 0) throw new Error('no limits at all');
  for (const line of lines) {
    const [path = '', value = ''] = line.trim().split(':');
    const drops = /^cpu=\d+\s.*\bdrop=(\d+)\b/u.exec(line.trim());
    const name = files[path];
    if (drops) use.conntrackDrops = (use.conntrackDrops ?? 0) + Number(drops[1]);
    else if (name && /^\d+$/u.test(value)) use[name] = Number(value);
    else if (path === '/proc/net/rt6_stats' && /^([0-9a-f]+ ){6}[0-9a-f]+$/u.test(value.trim()))
      use.routeCount = Number.parseInt(value.trim().split(' ')[destinationEntries] ?? '', 16);
    else throw odd('not a limit', line);
  }
  return use;
}
