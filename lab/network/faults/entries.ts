import { addressEntries } from './address.ts';
import { applicationEntries } from './application.ts';
import { dnsEntries } from './dns.ts';
import { doublesOf } from './doubles.ts';
import type { Entry } from './entry.ts';
import { firewallEntries } from './firewall.ts';
import { forwardingEntries } from './forwarding.ts';
import { gatewayEntries } from './gateway.ts';
import { healthyEntries } from './healthy.ts';
import { mtuEntries } from './mtu.ts';
import { nodeRouteEntries } from './node-route.ts';
import { overlayEntries } from './overlay.ts';
import { platformEntries } from './platform.ts';
import { podRouteEntries } from './pod-route.ts';
import { policyEntries } from './policy.ts';
import { translationEntries } from './translation.ts';
import { upstreamEntries } from './upstream.ts';

const singles: readonly Entry[] = [
  ...addressEntries,
  ...podRouteEntries,
  ...gatewayEntries,
  ...nodeRouteEntries,
  ...forwardingEntries,
  ...policyEntries,
  ...platformEntries,
  ...firewallEntries,
  ...overlayEntries,
  ...translationEntries,
  ...upstreamEntries,
  ...mtuEntries,
  ...dnsEntries,
  ...applicationEntries,
];

/** Everything that the lab can break, nearly break, or cannot break here; in the packet's order. */
export const entries: readonly Entry[] = [...singles, ...healthyEntries, ...doublesOf(singles)];
