import { z } from 'zod';

export const outcomes = [
  'connected',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EACCES',
  'EPERM',
  'EADDRNOTAVAIL',
  'EINVAL',
  'TIMEOUT',
  /** It failed and the tool did not say how. */
  'FAILED',
] as const;

/** One TCP connect by address literal. */
export const Connect = z.strictObject({
  family: z.literal([4, 6]),
  address: z.string(),
  port: z.int().min(1).max(65535),
  attempt: z.int().min(1),
  outcome: z.enum(outcomes),
  ms: z.number().min(0),
  /** `bash`, `nc`, `python3` …: what made the connect. */
  tool: z.string(),
});
export type Connect = z.infer<typeof Connect>;

const Tuple = z.strictObject({
  source: z.string(),
  destination: z.string(),
  sourcePort: z.int().nullable(),
  destinationPort: z.int().nullable(),
});

/** One conntrack entry. The reply tuple's destination is the source address that the outside sees. */
export const Flow = z.strictObject({
  protocol: z.string(),
  state: z.string().nullable(),
  original: Tuple,
  reply: Tuple,
  isUnreplied: z.boolean(),
  isAssured: z.boolean(),
});
export type Flow = z.infer<typeof Flow>;

/** One packet filter rule with its counters, as `ip6tables-save -c` or `nft list` prints it; or an element of a verdict map. */
export const FilterRule = z.strictObject({
  backend: z.enum(['legacy', 'nft', 'nftables']),
  table: z.string(),
  chain: z.string(),
  /** The rule's text without its counters; `policy DROP` stands for a base chain's policy. */
  rule: z.string(),
  packets: z.number(),
  /** Nothing counts its packets, so that a count of 0 says nothing. */
  isCounted: z.literal(false).optional(),
  /** Of a base chain's policy in nftables: where the chain is hooked. */
  hook: z.string().optional(),
});
export type FilterRule = z.infer<typeof FilterRule>;

/** All rules twice, around our packets, in one order. */
export const FilterRules = z.strictObject({ before: z.array(FilterRule), after: z.array(FilterRule) });
export type FilterRules = z.infer<typeof FilterRules>;

export const AddressSet = z.strictObject({ name: z.string(), members: z.array(z.string()) });
export type AddressSet = z.infer<typeof AddressSet>;

/** One question to the pod's resolver, AAAA for 6 and A for 4. */
export const NameLookup = z.strictObject({
  family: z.literal([4, 6]),
  /** `none`: the name exists without such a record; `not-found`: the tool does not say whether it exists. */
  outcome: z.enum(['answered', 'none', 'no-such-name', 'not-found', 'refused', 'timeout', 'failed']),
  addresses: z.array(z.string()),
  tool: z.string(),
  /** The tool's own words where there is no address. */
  said: z.string(),
});
export type NameLookup = z.infer<typeof NameLookup>;

/** One upload of more than a segment, and what of it nobody has acknowledged at the end. */
export const Upload = z.strictObject({
  address: z.string(),
  port: z.int().min(1).max(65535),
  unacknowledgedBytes: z.int(),
  retransmits: z.int(),
});
export type Upload = z.infer<typeof Upload>;
