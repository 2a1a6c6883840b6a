import { linesOf, odd, type Section } from './section.ts';

const isUpFlag = 0x1; // IFF_UP

/** `eth0/mtu:1450`, `eth0/flags:0x1003` and `eth0/address:…` of /sys/class/net, which does not say what kind a link is. */
export const podLinks: Section<'podLinks'> = {
  provides: 'podLinks',
  from: ['links'],
  parse(text = '') {
    const links = new Map<string, Map<string, string>>();
    for (const line of linesOf(text)) {
      const match = /^([^/]+)\/(mtu|flags|address):(\S*)$/u.exec(line.trim());
      if (!match) throw odd('not a link', line);
      const [, name = '', file = '', value = ''] = match;
      const known = links.get(name) ?? new Map<string, string>();
      links.set(name, known.set(file, value));
    }
    if (links.size === 0) throw new Error('no links at all');
    return [...links].map(([name, files]) => linkOf(name, files));
  },
};

function linkOf(name: string, files: ReadonlyMap<string, string>): unknown {
  const [mtu = '', flags = ''] = [files.get('mtu'), files.get('flags')];
  if (!/^\d+$/u.test(mtu) || !/^0x[0-9a-f]+$/u.test(flags)) throw odd('not a link', `${name} ${mtu} ${flags}`);
  const isUp = (Number.parseInt(flags, 16) & isUpFlag) !== 0;
  return { name, mtu: Number(mtu), isUp, mac: files.get('address') || null, kind: null };
}
