import { describe, expect, it } from 'vitest';
import { ifInet6 } from '../../../workers/probes/if-inet6.ts';
import { parsed } from './seeing.ts';

// Linux 6.18.
const recorded = `20010db8000000000000000000000005 03 40 00 22       v0
fe80000000000000945613fffe0a41c2 03 40 20 c0       v0
fd00000b000000000000000000000001 03 40 00 82       v0
fd00000c000000000000000000000001 03 40 00 c8 cali1234567890
00000000000000000000000000000001 01 80 10 80       lo
`;

describe('workers/probes/if-inet6', () => {
  it('reads addresses with their scope and flags', () => {
    expect(parsed(ifInet6, recorded)).toEqual([
      { address: '2001:db8::5', prefixLength: 64, device: 'v0', scope: 'global', flags: ['deprecated'] },
      {
        address: 'fe80::9456:13ff:fe0a:41c2',
        prefixLength: 64,
        device: 'v0',
        scope: 'link',
        flags: ['tentative', 'permanent'],
      },
      { address: 'fd00:b::1', prefixLength: 64, device: 'v0', scope: 'global', flags: ['permanent'] },
      {
        ...{ address: 'fd00:c::1', prefixLength: 64, device: 'cali1234567890', scope: 'global' },
        flags: ['dadfailed', 'tentative', 'permanent'],
      },
      { address: '::1', prefixLength: 128, device: 'lo', scope: 'host', flags: ['permanent'] },
    ]);
  });

  it('sees no addresses where IPv6 is switched off', () => {
    expect(parsed(ifInet6, '')).toEqual([]);
  });

  it.each(['cat: no', '20010db8 03 40 00 22 v0', `${'0'.repeat(32)} 03 40 00 22`, `${'0'.repeat(32)} 03 ff 00 80 v0`])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(ifInet6, text)).toMatch(/^UNPARSABLE if_inet6: (not a line of if_inet6: |Too big)/);
    },
  );
});
