import { describe } from 'vitest';
import { healthyEntries } from '../../../../lab/network/faults/healthy.ts';
import { provesByPackets, type Seen } from '../probing.ts';

const fine: Seen = ['open', 'open'];

describe('lab/network/faults/healthy', () => {
  provesByPackets(healthyEntries, {
    ...Object.fromEntries(healthyEntries.map(({ id }) => [id, fine])),
    'healthy-ipv4-lost': ['open', 'open', 'silence'],
  });
});
