import { describe, expect, it } from 'vitest';
import { overlayPath } from '../../../src/diagnosis/checks/overlay-path.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { connects, healthy, pool, route, said } from '../../helpers/healthy-evidence.ts';

const to = 'fd00:10:244::4c';
const hop = 'fd00:10:244::40';
const mac = '66:0f:10:00:00:02';
const device = 'vxlan-v6.calico';
const peer = {
  ...healthy.node,
  name: 'node-2',
  addresses: ['192.0.2.20', '2001:db8:1::20'],
  annotations: { 'projectcalico.org/IPv6Address': '2001:db8:1::20/64', 'projectcalico.org/IPv6VXLANTunnelAddr': hop },
};
const vxlan = [pool('default-ipv6-ippool', 'fd00:10:244::/64', { vxlanMode: 'Always' })];
const bgp = [pool('default-ipv6-ippool', 'fd00:10:244::/64')];
const outside = { to, device: 'eth0', gateway: 'fe80::1', source: null, problem: null };
const refused = { ...outside, device: null, gateway: null, problem: 'Network is unreachable' };
const block = route('fd00:10:244::40/122', { gateway: 'fe80::1', protocol: 'bird' });
const session = { name: 'Mesh_20', protocol: 'BGP', state: 'start', info: 'Active Socket: Connection refused' };

/** A pod of another node, over a tunnel in which nothing is wrong, and yet silence. */
const across = {
  attempt: { isNamed: true, destinations: [{ family: 6 as const, address: to, port: 53 }] },
  podConnects: connects([to], 'TIMEOUT'),
  calico: { ...healthy.calico, ipPools: vxlan },
  nodeDestinationRoutes: [{ to, device, gateway: hop, source: null, problem: null }],
  nodeNeighbours: [{ address: hop, device, mac, state: 'PERMANENT', isRouter: false }],
  nodeTunnelPeers: [{ device, mac, address: '2001:db8:1::20' }],
  peerNodes: [peer],
};
const routed = { ...across, calico: { ...healthy.calico, ipPools: bgp }, nodeDestinationRoutes: [outside] };
const links = (change: (link: Evidence['nodeLinks'][number]) => Evidence['nodeLinks']) =>
  healthy.nodeLinks.flatMap(change);
const linkless = links((link) => (link.name === device ? [] : [link]));
const down = links((link) => [link.name === device ? { ...link, isUp: false } : link]);
const nameless = { ...healthy.node, annotations: {} };

describe('diagnosis/checks/overlay-path', () => {
  it.each`
    situation                                   | changes                                                                              | cause                           | confidence
    ${'nothing wrong on this node'}             | ${{}}                                                                                | ${'overlay-v6-broken'}          | ${'likely'}
    ${'no tunnel device'}                       | ${{ nodeLinks: linkless }}                                                           | ${'overlay-v6-broken'}          | ${'certain'}
    ${'no tunnel device and no Node object'}    | ${{ nodeLinks: linkless, node: failed('READ_REFUSED', '') }}                         | ${'overlay-v6-broken'}          | ${'likely'}
    ${'the tunnel device down'}                 | ${{ nodeLinks: down }}                                                               | ${'overlay-v6-broken'}          | ${'certain'}
    ${'no route into the tunnel'}               | ${{ nodeDestinationRoutes: [outside] }}                                              | ${'overlay-v6-broken'}          | ${'certain'}
    ${'no route at all'}                        | ${{ nodeDestinationRoutes: [refused] }}                                              | ${'overlay-v6-broken'}          | ${'certain'}
    ${'no MAC for the peer'}                    | ${{ nodeNeighbours: [] }}                                                            | ${'overlay-v6-broken'}          | ${'certain'}
    ${'a peer that FAILED'}                     | ${{ nodeNeighbours: [{ ...across.nodeNeighbours[0], mac: null, state: 'FAILED' }] }} | ${'overlay-v6-broken'}          | ${'certain'}
    ${'a MAC that is on no node'}               | ${{ nodeTunnelPeers: [] }}                                                           | ${'overlay-v6-broken'}          | ${'certain'}
    ${'a tunnel to what is not the peer’s own'} | ${{ nodeTunnelPeers: [{ device, mac, address: 'fd42::20' }] }}                       | ${'node-ipv6-autodetect-wrong'} | ${'certain'}
    ${'no address for this node and no tunnel'} | ${{ nodeLinks: linkless, node: nameless }}                                           | ${'node-ipv6-autodetect-wrong'} | ${'certain'}
  `('$cause ($confidence) with VXLAN and $situation', ({ changes, cause, confidence }) => {
    expect(said(overlayPath, { ...across, ...changes }).judgement).toMatchObject({
      outcome: 'fail',
      cause,
      confidence,
    });
  });

  it.each`
    situation                                | changes                                                         | confidence
    ${'a session that is not established'}   | ${{ nodeBirdProtocols: [session] }}                             | ${'certain'}
    ${'a route by way of the router'}        | ${{ nodeRoutes: [...healthy.nodeRoutes, block] }}               | ${'certain'}
    ${'no route, and BIRD not read'}         | ${{ nodeBirdProtocols: failed('TOOL_MISSING', 'no birdcl6') }}  | ${'likely'}
    ${'no route, though all is established'} | ${{ nodeBirdProtocols: [{ ...session, info: 'Established' }] }} | ${'likely'}
  `('bgp-v6-nexthop-or-session ($confidence) with $situation', ({ changes, confidence }) => {
    expect(said(overlayPath, { ...routed, ...changes }).judgement).toMatchObject({
      ...{ outcome: 'fail', cause: 'bgp-v6-nexthop-or-session', confidence },
    });
  });

  it.each`
    situation                                      | changes                                                                                   | outcome
    ${'destinations outside'}                      | ${{}}                                                                                     | ${'not-applicable'}
    ${'a pod of the same node'}                    | ${{ ...across, nodeDestinationRoutes: [{ ...outside, device: 'cali1', gateway: null }] }} | ${'not-applicable'}
    ${'a pool so large that it holds the outside'} | ${{ calico: { ...healthy.calico, ipPools: [...vxlan, pool('all', '2000::/3')] } }}        | ${'not-applicable'}
    ${'a pod that connects'}                       | ${{ ...across, podConnects: connects([to], 'connected') }}                                | ${'pass'}
    ${'a pod whose peer refuses'}                  | ${{ ...across, podConnects: connects([to], 'ECONNREFUSED') }}                             | ${'pass'}
    ${'a tunnel that nobody tried'}                | ${{ ...across, podConnects: failed('TOOL_MISSING', '') }}                                 | ${'inconclusive'}
    ${'a route by BGP and silence'}                | ${{ ...routed, nodeDestinationRoutes: [{ ...outside, gateway: '2001:db8:1::20' }] }}      | ${'inconclusive'}
    ${'pools that nobody could read'}              | ${{ ...across, calico: failed('READ_REFUSED', '') }}                                      | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(overlayPath, changes).outcome).toBe(outcome);
  });

  it('does not call missing what it could not read', () => {
    const unread = {
      nodeNeighbours: failed('TIMED_OUT', ''),
      nodeTunnelPeers: failed('TIMED_OUT', ''),
      nodeLinks: failed('TIMED_OUT', ''),
    };

    expect(said(overlayPath, { ...across, ...unread }).judgement).toMatchObject({ confidence: 'likely' });
  });
});
