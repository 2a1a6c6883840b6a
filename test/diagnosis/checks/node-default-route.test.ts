import { describe, expect, it } from 'vitest';
import { nodeDefaultRoute } from '../../../src/diagnosis/checks/node-default-route.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { address, anchors, connects, nodeAddress, nullEntry, route, said } from '../../helpers/healthy-evidence.ts';

const onLink = route('2001:db8:1::/64', { protocol: 'kernel', metric: 256 });
const unreachable = anchors.map((to) => ({
  to,
  device: null,
  gateway: null,
  source: null,
  problem: 'Network is unreachable',
}));
const slaac = [address(nodeAddress, 'eth0', { prefixLength: 64, flags: [] })];
const lost = { nodeRoutes: [onLink, nullEntry], nodeDestinationRoutes: unreachable };
const expired = route('default', { gateway: 'fe80::1', protocol: 'ra', expiresSeconds: -1 });
const deaf = { 'all/forwarding': '1', 'eth0/accept_ra': '1', 'eth0/forwarding': '1' };
const hearing = { ...deaf, 'eth0/accept_ra': '2' };

describe('diagnosis/checks/node-default-route', () => {
  it.each`
    situation                                           | changes                                                                                                        | cause                             | confidence
    ${'no default, an address from RA and accept_ra=1'} | ${{ ...lost, nodeSysctls: deaf, nodeAddresses: slaac }}                                                        | ${'node-ra-default-route-lost'}   | ${'certain'}
    ${'an expired RA default and accept_ra=1'}          | ${{ ...lost, nodeRoutes: [onLink, expired], nodeSysctls: deaf }}                                               | ${'node-ra-default-route-lost'}   | ${'certain'}
    ${'an expired RA default and accept_ra=2'}          | ${{ ...lost, nodeRoutes: [onLink, expired], nodeSysctls: hearing }}                                            | ${'node-no-default-or-global-v6'} | ${'certain'}
    ${'no default, and a static address'}               | ${{ ...lost, nodeSysctls: deaf }}                                                                              | ${'node-no-default-or-global-v6'} | ${'certain'}
    ${'no default, and sysctls that nobody read'}       | ${{ ...lost, nodeSysctls: failed('TIMED_OUT', '') }}                                                           | ${'node-no-default-or-global-v6'} | ${'likely'}
    ${"only the kernel's null entry, and no look-up"}   | ${{ ...lost, nodeDestinationRoutes: failed('NOT_ATTEMPTED', '') }}                                             | ${'node-no-default-or-global-v6'} | ${'likely'}
    ${'a default in another table alone'}               | ${{ ...lost, nodeRoutes: [onLink, route('default', { gateway: 'fe80::1', table: '66' })] }}                    | ${'node-no-default-or-global-v6'} | ${'certain'}
    ${'no default, and addresses that nobody read'}     | ${{ ...lost, nodeAddresses: failed('TIMED_OUT', '') }}                                                         | ${'node-no-default-or-global-v6'} | ${'likely'}
    ${'a blackhole as default'}                         | ${{ nodeRoutes: [route('default', { type: 'blackhole', device: null })], nodeDestinationRoutes: unreachable }} | ${'node-no-default-or-global-v6'} | ${'certain'}
  `('$cause ($confidence) with $situation', ({ changes, cause, confidence }) => {
    expect(said(nodeDefaultRoute, changes).judgement).toMatchObject({ outcome: 'fail', cause, confidence });
  });

  it.each`
    situation                                                 | changes
    ${'a default route'}                                      | ${{}}
    ${'a default route, and no look-up'}                      | ${{ nodeDestinationRoutes: failed('NOT_ATTEMPTED', '') }}
    ${'narrower routes that the kernel finds'}                | ${{ nodeRoutes: [onLink, nullEntry] }}
    ${'an RA default that userspace renews with accept_ra=0'} | ${{ nodeRoutes: [route('default', { gateway: 'fe80::1', protocol: 'ra', expiresSeconds: 1700 })], nodeSysctls: { ...deaf, 'eth0/accept_ra': '0' } }}
    ${'an expired default beside a living one'}               | ${{ nodeRoutes: [{ ...expired, metric: 512 }, route('default', { gateway: 'fe80::1' })], nodeDestinationRoutes: failed('NOT_ATTEMPTED', '') }}
    ${'an unreachable default of another table'}              | ${{ nodeRoutes: [route('default', { gateway: 'fe80::1' }), route('default', { type: 'unreachable', metric: 1, table: '66' })], nodeDestinationRoutes: failed('NOT_ATTEMPTED', '') }}
    ${"the block's blackhole route"}                          | ${{}}
  `('passes with $situation', ({ changes }) => {
    expect(said(nodeDefaultRoute, changes).outcome).toBe('pass');
  });

  it('repairs the uplink, not "all"', () => {
    const { fix, summary } = said(nodeDefaultRoute, { ...lost, nodeSysctls: deaf, nodeAddresses: slaac });

    expect(summary).toContain('Node node-1 has lost the default route that eth0 learned');
    expect(fix).toContain('net.ipv6.conf.eth0.accept_ra = 2');
  });

  it.each`
    pod  | node | isDeciding | because
    ${0} | ${6} | ${true}    | ${'the node refused as many as the pod lost'}
    ${6} | ${6} | ${false}   | ${'the pod refused its packets itself'}
    ${0} | ${2} | ${false}   | ${'the node refused fewer than the pod lost'}
  `('is deciding: $isDeciding, because $because', ({ pod, node, isDeciding }) => {
    const { judgement } = said(nodeDefaultRoute, {
      ...lost,
      podConnects: connects(anchors, 'ENETUNREACH'),
      podCounters: { before: { Ip6OutNoRoutes: 0 }, after: { Ip6OutNoRoutes: pod } },
      nodeCounters: { before: { Ip6InNoRoutes: 10 }, after: { Ip6InNoRoutes: 10 + node } },
    });

    expect(judgement).toMatchObject({ isDeciding });
  });

  it("does not take a pod's link for an uplink that lost its route", () => {
    const nodeAddresses = [address('2001:db8:5::1', 'cali1a2b3c4d5e6', { flags: [] })];
    const nodeSysctls = { 'cali1a2b3c4d5e6/accept_ra': '1', 'cali1a2b3c4d5e6/forwarding': '1' };

    const { judgement } = said(nodeDefaultRoute, { ...lost, nodeAddresses, nodeSysctls });

    expect(judgement).toMatchObject({ cause: 'node-no-default-or-global-v6' });
  });

  it('blames no missing route where IPv6 is switched off', () => {
    const { judgement } = said(nodeDefaultRoute, { ...lost, nodeSysctls: { 'all/disable_ipv6': '1' } });

    expect(judgement).toMatchObject({ outcome: 'fail', cause: null });
  });
});
