import { describe } from 'vitest';
import { forwardingEntries } from '../../../../lab/network/faults/forwarding.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/forwarding', () => {
  provesByPackets(forwardingEntries, {
    'host-forwarding-disabled': ['silence', 'open'],
    'host-forwarding-disabled--retries': ['silence', 'open'],
    'kernel-table-limits': ['silence', 'silence', 'silence'],
    'kernel-table-limits--nearly-full': ['sometimes', 'open'],
    'felix-ipv6-support-off': ['silence', 'open'],
    'felix-ipv6-support-off--configuration': ['silence', 'open'],
    'felix-ipv6-support-off--no-forwarding': ['silence', 'open'],
    'felix-not-programmed': ['silence', 'open', 'silence'],
    'ip6tables-programming-failed': ['silence', 'open'],
    'ip6tables-programming-failed--legacy': ['silence', 'open'],
    'ip6tables-programming-failed--no-nat-table': ['silence', 'open'],
  });
});
