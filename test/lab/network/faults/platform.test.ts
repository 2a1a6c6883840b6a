import { describe } from 'vitest';
import { platformEntries } from '../../../../lab/network/faults/platform.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/platform', () => {
  provesByPackets(platformEntries, {
    'tier-default-deny': ['silence', 'open'],
    'tier-default-deny--global': ['silence', 'open'],
    'admin-policy-deny': ['silence', 'open'],
    'admin-policy-deny--baseline': ['silence', 'open'],
    'admin-policy-deny--port': ['silence', 'open'],
    'admin-policy-lost-on-upgrade': ['silence', 'open'],
    'hep-policy-on-forwarded': ['silence', 'open'],
    'qos-limit-hit': ['Connection refused', 'open'],
    'qos-limit-hit--packet-rate': ['seldom', 'open'],
  });
});
