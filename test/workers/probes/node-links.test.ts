import { describe, expect, it } from 'vitest';
import { nodeLinks } from '../../../workers/probes/node-links.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1.0 on Linux 6.18.
const recorded = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"qdisc":"noqueue","operstate":"UNKNOWN","link_type":"loopback","address":"00:00:00:00:00:00","broadcast":"00:00:00:00:00:00","min_mtu":0,"max_mtu":0},{"ifindex":2,"link":"v0","ifname":"v1","flags":["BROADCAST","MULTICAST"],"mtu":1500,"qdisc":"noqueue","operstate":"DOWN","link_type":"ether","address":"56:56:84:f8:9e:77","linkinfo":{"info_kind":"veth"}},{"ifname":"tun","mtu":1480}]`;

describe('workers/probes/node-links', () => {
  it('reads links with their kind', () => {
    expect(parsed(nodeLinks, recorded)).toEqual([
      { name: 'lo', mtu: 65_536, isUp: true, mac: '00:00:00:00:00:00', kind: null },
      { name: 'v1', mtu: 1500, isUp: false, mac: '56:56:84:f8:9e:77', kind: 'veth' },
      { name: 'tun', mtu: 1480, isUp: false, mac: null, kind: null },
    ]);
  });

  it.each(['', '[]', '[{}]', '{"ifname":"lo"}'])('takes "%s" for nothing that it knows', (text) => {
    expect(parsed(nodeLinks, text)).toMatch(/^UNPARSABLE links: [^\n]+$/);
  });
});
