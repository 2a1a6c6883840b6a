import { describe } from 'vitest';
import { gatewayEntries } from '../../../../lab/network/faults/gateway.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/gateway', () => {
  provesByPackets(gatewayEntries, {
    'pod-gateway-linklocal-mismatch': ['silence', 'open'],
    'pod-gateway-linklocal-mismatch--address-removed': ['silence', 'open'],
    'pod-gateway-linklocal-mismatch--stale-default': ['silence', 'open'],
    'host-pod-route-missing': ['silence', 'open'],
    'host-pod-route-missing--wrong-interface': ['silence', 'open'],
    'host-pod-route-missing--uplink': ['silence', 'open'],
    'node-ipv6-disabled': ['silence', 'open'],
    'node-ipv6-disabled--node-wide': ['silence', 'Cannot assign requested address'],
    'host-ndp-blocked': ['silence', 'open'],
    'host-ndp-blocked--uplink': ['silence', 'silence'],
    'rpf-drop-raw': ['silence', 'open'],
    'rpf-drop-raw--ip6tables': ['silence', 'open'],
  });
});
