import { z } from 'zod';

/** One address of an interface, as `/proc/net/if_inet6` or `ip -6 -o addr` shows it. */
export const Address = z.strictObject({
  address: z.string(),
  prefixLength: z.int().min(0).max(128),
  device: z.string(),
  scope: z.enum(['global', 'link', 'host', 'site', 'other']),
  flags: z.array(z.enum(['permanent', 'tentative', 'dadfailed', 'deprecated', 'temporary', 'optimistic'])),
});
export type Address = z.infer<typeof Address>;

/** One IPv6 route. `/proc/net/ipv6_route` cannot tell blackhole, unreachable and prohibit apart: those are `reject`. */
export const Route = z.strictObject({
  /** `default` or a CIDR in RFC 5952 form. */
  destination: z.string(),
  type: z.enum(['unicast', 'local', 'blackhole', 'unreachable', 'prohibit', 'throw', 'reject', 'anycast', 'multicast']),
  gateway: z.string().nullable(),
  device: z.string().nullable(),
  metric: z.number().nullable(),
  /** `ra`, `bird`, `80`, `kernel` …; null where it is not known. */
  protocol: z.string().nullable(),
  /** `main`, `local` or a number; null where it is not known. */
  table: z.string().nullable(),
  /** Seconds until a route learned from a Router Advertisement ends; negative once it has. */
  expiresSeconds: z.number().nullable(),
});
export type Route = z.infer<typeof Route>;

export const Link = z.strictObject({
  name: z.string(),
  mtu: z.int().min(0),
  isUp: z.boolean(),
  mac: z.string().nullable(),
  /** `vxlan`, `veth`, `ipip`, `wireguard` …; null where it is not known. */
  kind: z.string().nullable(),
});
export type Link = z.infer<typeof Link>;

export const Neighbour = z.strictObject({
  address: z.string(),
  device: z.string(),
  mac: z.string().nullable(),
  state: z.string(),
  isRouter: z.boolean(),
});
export type Neighbour = z.infer<typeof Neighbour>;

/** Sysctls below `net.ipv6.conf`, keyed `all/forwarding`, `eth0/accept_ra` …, as the text the kernel prints. */
export const Sysctls = z.record(z.string(), z.string());
export type Sysctls = z.infer<typeof Sysctls>;

/** `/proc/net/snmp6` before and after our packets. A counter that fell was reset and says nothing. */
export const Counters = z.strictObject({
  before: z.record(z.string(), z.number()),
  after: z.record(z.string(), z.number()),
});
export type Counters = z.infer<typeof Counters>;

/** One policy routing rule of `ip -6 rule`; the kernel's own three are among them. */
export const RoutingRule = z.strictObject({
  priority: z.int(),
  /** `all` or a CIDR. */
  from: z.string(),
  to: z.string(),
  incoming: z.string().nullable(),
  mark: z.string().nullable(),
  /** The table that it looks up, or `blackhole`, `unreachable`, `prohibit`. */
  action: z.string(),
});
export type RoutingRule = z.infer<typeof RoutingRule>;

/** How full the tables are that all of a kernel's packets share; null where this kernel does not say. */
export const TableUse = z.strictObject({
  conntrackCount: z.number().nullable(),
  conntrackMax: z.number().nullable(),
  /** Packets lost because the table was full, since the node started. */
  conntrackDrops: z.number().nullable(),
  neighbourMax: z.number().nullable(),
  routeCount: z.number().nullable(),
  routeMax: z.number().nullable(),
});
export type TableUse = z.infer<typeof TableUse>;

/** An entry of a tunnel device's forwarding database: which node has which MAC. */
export const TunnelPeer = z.strictObject({ device: z.string(), mac: z.string(), address: z.string() });
export type TunnelPeer = z.infer<typeof TunnelPeer>;

/** One line of BIRD's `show protocols`. */
export const BirdProtocol = z.strictObject({
  name: z.string(),
  protocol: z.string(),
  state: z.string(),
  /** `Established`, or what the session waits for. */
  info: z.string(),
});
export type BirdProtocol = z.infer<typeof BirdProtocol>;

/** What `ip -6 route get` answers: a route, or the error word of the kernel. */
export const RouteLookup = z.strictObject({
  to: z.string(),
  device: z.string().nullable(),
  gateway: z.string().nullable(),
  source: z.string().nullable(),
  /** The kernel's words when there is no usable route: `Network is unreachable`, `Invalid argument` …; else null. */
  problem: z.string().nullable(),
});
export type RouteLookup = z.infer<typeof RouteLookup>;

/** Packets by interface, before and after ours, as `/proc/net/dev` counts them for both families together. */
const Packets = z.record(z.string(), z.strictObject({ received: z.number(), sent: z.number() }));
export const DeviceCounters = z.strictObject({ before: Packets, after: Packets });
export type DeviceCounters = z.infer<typeof DeviceCounters>;

/** `precedence` lines of gai.conf; none where the rules of RFC 6724 hold. */
export const AddressPreferences = z.strictObject({
  precedences: z.array(z.strictObject({ prefix: z.string(), precedence: z.int() })),
});
export type AddressPreferences = z.infer<typeof AddressPreferences>;
