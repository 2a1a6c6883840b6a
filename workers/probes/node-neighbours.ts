import { z } from 'zod';
import { canonicalIPv6 } from './address.ts';
import { jsonOf } from './iproute-json.ts';
import type { Section } from './section.ts';

const Neighbour = z.looseObject({
  dst: z.string(),
  dev: z.string(),
  lladdr: z.string().optional(),
  state: z.array(z.string()).default([]),
  // `ip` prints the flag as a key with null for its value.
  router: z.unknown().optional(),
});

/** `ip -j -6 neigh`. An empty table is normal before first use. */
export const nodeNeighbours: Section<'nodeNeighbours'> = {
  provides: 'nodeNeighbours',
  from: ['neighbours'],
  parse: (text = '') =>
    jsonOf(text).map((raw) => {
      const neighbour = Neighbour.parse(raw);
      const { dst, dev, lladdr, state } = neighbour;
      return {
        address: canonicalIPv6(dst),
        device: dev,
        mac: lladdr ?? null,
        state: state[0] ?? 'NONE',
        isRouter: Object.hasOwn(neighbour, 'router'),
      };
    }),
};
