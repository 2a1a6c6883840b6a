import { z } from 'zod';
import { canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const Rule = z.looseObject({
  priority: z.number(),
  src: z.string().default('all'),
  srclen: z.number().optional(),
  dst: z.string().default('all'),
  dstlen: z.number().optional(),
  iif: z.string().optional(),
  fwmark: z.string().optional(),
  table: z.string().optional(),
  action: z.string().optional(),
});

/** `ip -j -6 rule`. */
export const nodeRoutingRules: Section<'nodeRoutingRules'> = {
  provides: 'nodeRoutingRules',
  from: ['rules'],
  parse(text = '') {
    const rules = jsonOf(text).map((raw) => {
      const { priority, src, srclen, dst, dstlen, iif, fwmark, table, action } = Rule.parse(raw);
      return {
        ...{ priority, from: prefixOf(src, srclen), to: prefixOf(dst, dstlen) },
        ...{ incoming: iif ?? null, mark: fwmark ?? null, action: action ?? table ?? 'nothing' },
      };
    });
    // The kernel makes them at start, and whoever deletes them all has no IPv6.
    if (rules.length === 0) throw new Error('no rules at all');
    return rules;
  },
};

function prefixOf(address: string, length = 128): string {
  return address === 'all' ? 'all' : `${canonicalIPv6(address)}/${length}`;
}
