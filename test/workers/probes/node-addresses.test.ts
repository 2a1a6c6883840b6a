import { describe, expect, it } from 'vitest';
import { nodeAddresses } from '../../../workers/probes/node-addresses.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1.0 on Linux 6.18, bar the flags of the last two.
const recorded = `[{"ifindex":3,"link":"v1","ifname":"v0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"qdisc":"noqueue","operstate":"UP","group":"default","txqlen":1000,"addr_info":[{"family":"inet6","local":"2001:db8::5","prefixlen":64,"scope":"global","nodad":true,"deprecated":true,"dynamic":true,"valid_life_time":100,"preferred_life_time":0},{"family":"inet6","local":"fd00:c::1","prefixlen":64,"scope":"global","tentative":true,"valid_life_time":4294967295,"preferred_life_time":4294967295},{"family":"inet6","local":"fe80::9456:13ff:fe0a:41c2","prefixlen":64,"scope":"link","dadfailed":true,"temporary":true,"dynamic":true},{"family":"inet6","local":"2001:DB8:0::7","prefixlen":128,"scope":"42"}]},{},{"ifname":"none"}]`;

describe('workers/probes/node-addresses', () => {
  it('reads addresses with their scope and flags, in their canonical form', () => {
    expect(parsed(nodeAddresses, recorded)).toEqual([
      { address: '2001:db8::5', prefixLength: 64, device: 'v0', scope: 'global', flags: ['deprecated'] },
      { address: 'fd00:c::1', prefixLength: 64, device: 'v0', scope: 'global', flags: ['tentative', 'permanent'] },
      {
        address: 'fe80::9456:13ff:fe0a:41c2',
        prefixLength: 64,
        device: 'v0',
        scope: 'link',
        flags: ['dadfailed', 'temporary'],
      },
      { address: '2001:db8::7', prefixLength: 128, device: 'v0', scope: 'other', flags: ['permanent'] },
    ]);
    expect(parsed(nodeAddresses, '[]')).toEqual([]);
  });

  it.each([
    '{',
    'Error: no',
    '[{"ifname":"a","addr_info":[{"local":"x"}]}]',
    '[{"ifname":"a","addr_info":[{"local":"::1"}]}]',
    '[5]',
  ])('takes "%s" for nothing that it knows, in one line', (text) => {
    expect(parsed(nodeAddresses, text)).toMatch(/^UNPARSABLE addresses: [^\n]+$/);
  });
});
