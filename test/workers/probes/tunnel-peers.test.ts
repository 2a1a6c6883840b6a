import { describe, expect, it } from 'vitest';
import { nodeTunnelPeers } from '../../../workers/probes/tunnel-peers.ts';
import { parsed } from './seeing.ts';

// iproute2 6.1: multicast entries of every device, and one of a tunnel.
const recorded =
  '[{"dev":"v1","lladdr":"33:33:00:00:00:01","state":["PERMANENT"]},{"dst":"2001:db8:1::20","dev":"vxlan-v6.calico","lladdr":"66:00:00:00:00:02","state":["NOARP","PERMANENT"]}]';

describe('workers/probes/tunnel-peers', () => {
  it('reads which node a MAC of the tunnel is on', () => {
    expect(parsed(nodeTunnelPeers, recorded)).toEqual([
      { device: 'vxlan-v6.calico', mac: '66:00:00:00:00:02', address: '2001:db8:1::20' },
    ]);
    expect(parsed(nodeTunnelPeers, '')).toEqual([]);
  });

  it.each(['RTNETLINK answers: Operation not supported', '[{"lladdr":"66:00:00:00:00:02"}]'])(
    'takes "%s" for nothing that it knows',
    (text) => {
      expect(parsed(nodeTunnelPeers, text)).toMatch(/^UNPARSABLE tunnel-peers: /);
    },
  );
});
