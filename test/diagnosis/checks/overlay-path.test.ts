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
    ${'a node of the same subnet and silence'}     | ${{ ...across, nodeDestinationRoutes: [{ ...outside, gateway: '2001:db8:1::20' }] }}      | ${'inconclusive'}
    ${'a route by BGP and silence'}                | ${{ ...routed, nodeDestinationRoutes: [{ ...outside, gateway: '2001:db8:1::20' }] }}      | ${'inconclusive'}
    ${'pools that nobody could read'}              | ${{ ...across, calico: failed('READ_REFUSED', '') }}                                      | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(overlayPath, changes).outcome).toBe(outcome);
  });

  it.each`
    situation                                            | changes                                                                                   | cause
    ${'the same MAC on another device'}                  | ${{ nodeTunnelPeers: [{ device: 'vxlan.calico', mac, address: '192.0.2.20' }] }}          | ${'overlay-v6-broken'}
    ${'an entry for another MAC alone'}                  | ${{ nodeTunnelPeers: [{ device, mac: '66:00:00:00:00:99', address: '2001:db8:1::20' }] }} | ${'overlay-v6-broken'}
    ${'the peer as a neighbour on another device alone'} | ${{ nodeNeighbours: [{ ...across.nodeNeighbours[0], device: 'eth0' }] }}                  | ${'overlay-v6-broken'}
    ${'a neighbour of another address alone'}            | ${{ nodeNeighbours: [{ ...across.nodeNeighbours[0], address: 'fe80::1' }] }}              | ${'overlay-v6-broken'}
  `('$cause, certain, with VXLAN and $situation', ({ changes, cause }) => {
    expect(said(overlayPath, { ...across, ...changes }).judgement).toMatchObject({ cause, confidence: 'certain' });
  });

  it.each`
    situation                              | to                  | ipPools                                                           | outcome
    ${'another unique local pool'}         | ${'fd77::4c'}       | ${[...vxlan, pool('more', 'fd77::/64', { vxlanMode: 'Always' })]} | ${'fail'}
    ${'a unique local address of no pool'} | ${'fd77::4c'}       | ${vxlan}                                                          | ${'not-applicable'}
    ${'a global address of another pool'}  | ${'2001:db8:7::4c'} | ${[...vxlan, pool('all', '2000::/3')]}                            | ${'not-applicable'}
  `('$outcome for a destination in $situation', ({ to: other, ipPools, outcome }) => {
    const changes = {
      ...across,
      attempt: { isNamed: true, destinations: [{ family: 6 as const, address: other, port: 53 }] },
      ...{ podConnects: connects([other], 'TIMEOUT'), calico: { ...healthy.calico, ipPools } },
      nodeDestinationRoutes: [{ ...across.nodeDestinationRoutes[0]!, to: other }],
    };

    expect(said(overlayPath, changes).outcome).toBe(outcome);
  });

  it('takes one answer of many for an answer', () => {
    expect(
      said(overlayPath, { ...across, podConnects: connects([to], 'TIMEOUT', 'TIMEOUT', 'connected') }).outcome,
    ).toBe('pass');
  });

  it('takes a default of the same gateway on another device for another way', () => {
    const routes = { nodeRoutes: [route('default', { gateway: 'fe80::1', device: 'eth1' })] };

    expect(said(overlayPath, { ...routed, ...routes }).outcome).toBe('inconclusive');
  });

  it('follows the narrowest route', () => {
    const wide = route('fd00:10:244::/48', { gateway: '2001:db8:1::99', protocol: 'static' });
    const { judgement, summary } = said(overlayPath, { ...routed, nodeRoutes: [wide, ...healthy.nodeRoutes, block] });

    expect(judgement).toMatchObject({ confidence: 'certain', neighbours: [] });
    expect(summary).toContain('fd00:10:244::40/122 via fe80::1');
  });

  it('names the session that is down, and no other', () => {
    const up = { ...session, name: 'Mesh_30', info: 'Established' };
    const { judgement, summary, facts } = said(overlayPath, { ...routed, nodeBirdProtocols: [up, session] });

    expect(judgement).toMatchObject({ neighbours: [] });
    expect(summary).toContain('BGP is not established (Mesh_20: Active Socket: Connection refused)');
    expect(facts.join()).not.toContain('Mesh_30');
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
