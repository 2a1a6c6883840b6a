import { describe } from 'vitest';
import { upstreamEntries } from '../../../../lab/network/faults/upstream.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/upstream', () => {
  provesByPackets(upstreamEntries, {
    'node-nexthop-unreachable': ['silence', 'silence'],
    'node-nexthop-unreachable--no-answer': ['silence', 'silence'],
    'node-upstream-black-hole': ['silence', 'silence'],
    'node-upstream-black-hole--far': ['silence', 'silence'],
    'node-upstream-black-hole--prohibited': ['Permission denied', 'Permission denied'],
    'node-upstream-black-hole--reset': ['Connection refused', 'Connection refused'],
    'node-upstream-black-hole--no-route': ['Network is unreachable', 'Network is unreachable'],
    'node-upstream-black-hole--dead-leg': ['sometimes', 'sometimes'],
  });
});
