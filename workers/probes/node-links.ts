import { z } from 'zod';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const Link = z.looseObject({
  ifname: z.string().optional(),
  mtu: z.number().optional(),
  flags: z.array(z.string()).default([]),
  address: z.string().optional(),
  linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
});

/** `ip -j -d link`. */
export const nodeLinks: Section<'nodeLinks'> = {
  provides: 'nodeLinks',
  from: ['links'],
  parse(text = '') {
    const links = jsonOf(text).map((raw) => {
      const { ifname, mtu, flags, address, linkinfo } = Link.parse(raw);
      return { name: ifname, mtu, isUp: flags.includes('UP'), mac: address ?? null, kind: linkinfo?.info_kind ?? null };
    });
    if (links.length === 0) throw new Error('no links at all');
    return links;
  },
};
