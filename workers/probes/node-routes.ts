import { z } from 'zod';
import { canonicalDestination, canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const Hop = z.looseObject({ gateway: z.string().optional(), dev: z.string().optional() });
const Route = Hop.extend({
  dst: z.string(),
  type: z.string().default('unicast'),
  metric: z.number().optional(),
  protocol: z.string().optional(),
  table: z.string().default('main'),
  expires: z.number().optional(),
  nexthops: z.array(Hop).optional(),
});

/** `ip -j -d -6 route show table all`: an ECMP route becomes one route for each of its hops. */
export const nodeRoutes: Section<'nodeRoutes'> = {
  provides: 'nodeRoutes',
  from: ['routes'],
  parse: (text = '') =>
    jsonOf(text).flatMap((raw) => {
      const { dst, type, metric, protocol, table, expires, nexthops, gateway, dev } = Route.parse(raw);
      return (nexthops ?? [{ gateway, dev }]).map((hop) => ({
        destination: canonicalDestination(dst),
        type,
        gateway: hop.gateway === undefined ? null : canonicalIPv6(hop.gateway),
        device: hop.dev ?? dev ?? null,
        metric: metric ?? null,
        protocol: protocol ?? null,
        table,
        expiresSeconds: expires ?? null,
      }));
    }),
};
