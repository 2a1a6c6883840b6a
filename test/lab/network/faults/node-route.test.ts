import { describe } from 'vitest';
import { nodeRouteEntries } from '../../../../lab/network/faults/node-route.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/node-route', () => {
  provesByPackets(nodeRouteEntries, {
    'node-ra-default-route-lost': ['Network is unreachable', 'Network is unreachable'],
    'node-no-default-or-global-v6': ['Network is unreachable', 'Network is unreachable'],
    'node-no-default-or-global-v6--link-local-only': ['Network is unreachable', 'Network is unreachable'],
    'node-no-default-or-global-v6--unreachable': ['Network is unreachable', 'No route to host'],
    'node-address-dad-or-rule': ['silence', 'open'],
    'node-address-dad-or-rule--blackhole': ['silence', 'open'],
    'node-address-dad-or-rule--duplicate': ['silence', 'silence'],
  });
});
