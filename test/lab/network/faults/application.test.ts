import { describe } from 'vitest';
import { applicationEntries } from '../../../../lab/network/faults/application.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/application', () => {
  provesByPackets(applicationEntries, {
    'mesh-drops-v6': ['silence', 'open'],
    'mesh-drops-v6--redirect': ['Connection refused', 'open'],
  });
});
