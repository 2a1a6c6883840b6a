import { z } from 'zod';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const Entry = z.looseObject({ dev: z.string(), lladdr: z.string().optional(), dst: z.string().optional() });

/** `ip -j -f bridge neigh`: what `bridge fdb` shows, where there is no `bridge`. Only tunnels' entries have an address. */
export const nodeTunnelPeers: Section<'nodeTunnelPeers'> = {
  provides: 'nodeTunnelPeers',
  from: ['tunnel-peers'],
  parse: (text = '') =>
    jsonOf(text).flatMap((raw) => {
      const { dev, lladdr, dst } = Entry.parse(raw);
      return lladdr === undefined || dst === undefined ? [] : [{ device: dev, mac: lladdr, address: dst }];
    }),
};
