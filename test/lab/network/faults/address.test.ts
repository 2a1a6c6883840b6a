import { describe } from 'vitest';
import { addressEntries } from '../../../../lab/network/faults/address.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/address', () => {
  provesByPackets(addressEntries, {
    'pod-ipv6-not-requested': ['Network is unreachable', 'open'],
    'pod-ipv6-not-requested--families-annotation': ['Network is unreachable', 'open'],
    'pod-predates-ipv6': ['Network is unreachable', 'open'],
    'podips-status-missing-ipv6': ['silence', 'open'],
    'ipv6-ipam-cannot-allocate': ['Network is unreachable', 'open', 'Network is unreachable'],
    'ipv6-ipam-cannot-allocate--node-selector': ['Network is unreachable', 'open', 'Network is unreachable'],
    'ipv6-ipam-cannot-allocate--unknown-pool': ['Network is unreachable', 'open', 'Network is unreachable'],
    'ipv6-ipam-cannot-allocate--manual': ['Network is unreachable', 'open', 'Network is unreachable'],
    'pod-disable-ipv6-sysctl': ['Network is unreachable', 'open'],
    'pod-disable-ipv6-sysctl--all': ['Cannot assign requested address', 'open'],
    'pod-disable-ipv6-sysctl--restored': ['Network is unreachable', 'open'],
    'pod-mtu-below-1280': ['Network is unreachable', 'open'],
    'pod-mtu-below-1280--restored': ['Network is unreachable', 'open'],
  });
});
