import { linesOf, odd, type Section } from './section.ts';

const isUpFlag = 0x1; // IFF_UP

/** `name mtu flags mac` from /sys/class/net, which does not say what kind a link is. */
export const podLinks: Section<'podLinks'> = {
  provides: 'podLinks',
  from: ['links'],
  parse(text = '') {
    const links = linesOf(text).map(parseLine);
    if (links.length === 0) throw new Error('no links at all');
    return links;
  },
};

function parseLine(line: string): unknown {
  const match = /^(\S+) (\d+) 0x([0-9a-f]+) ?(\S*)$/u.exec(line.trim());
  if (!match) throw odd('not a link', line);
  const [, name, mtu, flags = '', mac] = match;
  return { name, mtu: Number(mtu), isUp: (Number.parseInt(flags, 16) & isUpFlag) !== 0, mac: mac || null, kind: null };
}
