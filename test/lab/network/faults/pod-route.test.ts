import { describe } from 'vitest';
import { podRouteEntries } from '../../../../lab/network/faults/pod-route.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/pod-route', () => {
  provesByPackets(podRouteEntries, {
    'pod-no-default-v6-route': ['Network is unreachable', 'open'],
    'pod-no-default-v6-route--hijacked': ['silence', 'open'],
    'pod-no-default-v6-route--blackhole': ['Invalid argument', 'open'],
    'pod-no-default-v6-route--rule': ['No route to host', 'open'],
    'pod-source-not-wep-address': ['silence', 'open'],
    'pod-source-not-wep-address--deprecated': ['silence', 'open'],
  });
});
