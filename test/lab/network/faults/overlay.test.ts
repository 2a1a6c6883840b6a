import { describe } from 'vitest';
import { overlayEntries } from '../../../../lab/network/faults/overlay.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/overlay', () => {
  provesByPackets(overlayEntries, {
    'overlay-v6-broken': ['silence', 'silence'],
    'overlay-v6-broken--fdb': ['silence', 'silence'],
    'overlay-v6-broken--neighbour': ['silence', 'silence'],
    'overlay-v6-broken--link-down': ['silence', 'Network is unreachable'],
    'overlay-v6-broken--route': ['silence', 'Network is unreachable'],
    'node-ipv6-autodetect-wrong': ['silence', 'silence'],
    'node-ipv6-autodetect-wrong--none': ['silence', 'Network is unreachable'],
    'bgp-v6-nexthop-or-session': ['silence', 'Network is unreachable'],
    'bgp-v6-nexthop-or-session--next-hop': ['silence', 'Network is unreachable'],
  });
});
