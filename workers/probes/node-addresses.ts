import { z } from 'zod';
import { canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const flag = z.boolean().optional();
const Interface = z.looseObject({
  ifname: z.string().optional(),
  addr_info: z
    .array(
      z.looseObject({
        family: z.string().optional(),
        local: z.string().optional(),
        prefixlen: z.number().optional(),
        scope: z.string().optional(),
        dynamic: flag,
        tentative: flag,
        dadfailed: flag,
        deprecated: flag,
        temporary: flag,
        optimistic: flag,
      }),
    )
    .default([]),
});

const named = ['tentative', 'dadfailed', 'deprecated', 'temporary', 'optimistic'] as const;
const scopes = ['global', 'link', 'host', 'site'];

/** `ip -j -6 addr`. */
export const nodeAddresses: Section<'nodeAddresses'> = {
  provides: 'nodeAddresses',
  from: ['addresses'],
  parse: (text = '') =>
    jsonOf(text).flatMap((raw) => {
      const { ifname, addr_info } = Interface.parse(raw);
      return addr_info.flatMap((info) => {
        if (info.local === undefined) return [];
        return {
          address: canonicalIPv6(info.local),
          prefixLength: info.prefixlen,
          device: ifname,
          scope: scopes.includes(info.scope ?? '') ? info.scope : 'other',
          flags: [...named.filter((name) => info[name]), ...(info.dynamic ? [] : ['permanent'])],
        };
      });
    }),
};
