import { describe } from 'vitest';
import { firewallEntries } from '../../../../lab/network/faults/firewall.ts';
import { provesByPackets } from '../probing.ts';

describe('lab/network/faults/firewall', () => {
  provesByPackets(firewallEntries, {
    'forward-policy-drop': ['silence', 'open'],
    'forward-policy-drop--docker': ['silence', 'open'],
    'host-firewall-reject': ['Permission denied', 'open'],
    'host-firewall-reject--ufw': ['Connection refused', 'open'],
    'nft-other-table-drop': ['silence', 'open'],
    'nft-other-table-drop--docker': ['silence', 'open'],
    'nft-other-table-drop--earlier': ['silence', 'open'],
    'nft-other-table-drop--beside-ip6tables': ['silence', 'open'],
  });
});
