import { z } from 'zod';

/** The failing probe run again, with the IPv4 control, after a policy was applied or removed. */
export const Verification = z.strictObject({
  at: z.iso.datetime(),
  /** New IPv6 connects that succeeded, of how many. */
  ipv6: z.strictObject({ connected: z.int(), of: z.int() }),
  ipv4: z.strictObject({ connected: z.int(), of: z.int() }),
  /** Why nothing could be tried; null when it was. */
  problem: z.string().nullable(),
});
export type Verification = z.infer<typeof Verification>;
