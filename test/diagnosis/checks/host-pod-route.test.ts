import { describe, expect, it } from 'vitest';
import { hostPodRoute } from '../../../src/diagnosis/checks/host-pod-route.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import {
  address,
  anchors,
  connects,
  gateway,
  healthy,
  podAddress,
  route,
  said,
} from '../../helpers/healthy-evidence.ts';

const lookup = (more: Partial<Evidence['nodePodRoute']>) => ({ ...healthy.nodePodRoute, ...more });
/** `cali` and the beginning of sha1("shop.checkout-7d9f"). */
const veth = 'calic1a5286fc08';
const astray = lookup({ device: null, problem: 'Invalid argument' });

function rpfilter(rise: number): Evidence['nodeFilterRules'] {
  const rule = {
    backend: 'legacy' as const,
    table: 'raw',
    chain: 'cali-PREROUTING',
    rule: '-i cali+ -m rpfilter --validmark --invert -j DROP',
  };
  return { before: [{ ...rule, packets: 5 }], after: [{ ...rule, packets: 5 + rise }] };
}

describe('diagnosis/checks/host-pod-route', () => {
  it.each`
    situation                       | nodePodRoute                             | outcome
    ${"the pod's own link"}         | ${healthy.nodePodRoute}                  | ${'pass'}
    ${'a link of another prefix'}   | ${lookup({ device: 'eni1a2b3c' })}       | ${'pass'}
    ${'the blackhole of the block'} | ${astray}                                | ${'fail'}
    ${"the node's uplink"}          | ${lookup({ device: 'eth0' })}            | ${'fail'}
    ${'the loopback'}               | ${lookup({ device: 'lo' })}              | ${'fail'}
    ${'a tunnel to another node'}   | ${lookup({ device: 'vxlan-v6.calico' })} | ${'fail'}
  `('$outcome when the route to the pod is $situation', ({ nodePodRoute, outcome }) => {
    // Another prefix has another device, so the gateway is left out of it.
    const podRoutes = failed('NOT_ATTEMPTED', '');
    expect(said(hostPodRoute, { nodePodRoute, podRoutes }).outcome).toBe(outcome);
  });

  it.each`
    situation                                   | changes
    ${'switched off on the whole node'}         | ${{ nodeSysctls: { 'all/disable_ipv6': '1' }, nodePodRoute: astray }}
    ${"switched off on the pod's link"}         | ${{ nodeSysctls: { 'all/disable_ipv6': '0', [`${veth}/disable_ipv6`]: '1' }, nodePodRoute: astray }}
    ${'switched off, and a route that is left'} | ${{ nodeSysctls: { [`${veth}/disable_ipv6`]: '1' } }}
  `('node-ipv6-disabled with IPv6 $situation', ({ changes }) => {
    expect(said(hostPodRoute, changes).judgement).toMatchObject({ cause: 'node-ipv6-disabled', confidence: 'certain' });
  });

  it.each`
    situation                          | links              | outcome
    ${"another pod's link"}            | ${[veth, 'cali1']} | ${'fail'}
    ${'its own link'}                  | ${[veth]}          | ${'pass'}
    ${'a link of a name that differs'} | ${['cali1']}       | ${'pass'}
  `('$outcome when the route to the pod is $situation', ({ links, outcome }) => {
    const device = links.at(-1) as string;
    const nodeLinks = (links as string[]).map((name) => ({ name, mtu: 1450, isUp: true, mac: null, kind: 'veth' }));
    const changes = { nodeLinks, nodePodRoute: lookup({ device }), podRoutes: failed('NOT_ATTEMPTED', '') };

    expect(said(hostPodRoute, changes).outcome).toBe(outcome);
  });

  it('is not certain of a missing route where nobody read whether IPv6 is on', () => {
    expect(said(hostPodRoute, { nodePodRoute: astray, nodeSysctls: failed('TIMED_OUT', '') }).judgement).toMatchObject({
      ...{ cause: 'host-pod-route-missing', confidence: 'likely', neighbours: ['node-ipv6-disabled'] },
    });
  });

  it('blames no missing route for what the status does not publish', () => {
    const pod = { ...healthy.pod, podIPs: ['10.244.0.10'] };

    expect(said(hostPodRoute, { pod, nodePodRoute: astray }).judgement).toMatchObject({ outcome: 'fail', cause: null });
  });

  it.each`
    rise | isDeciding | because
    ${6} | ${true}    | ${'every attempt was dropped by the reverse path filter'}
    ${9} | ${true}    | ${'retransmissions are counted as well'}
    ${5} | ${false}   | ${'fewer packets than attempts are not all ours'}
    ${0} | ${false}   | ${'nothing was dropped there'}
  `('is deciding: $isDeciding, because $because', ({ rise, isDeciding }) => {
    const { judgement } = said(hostPodRoute, {
      nodePodRoute: astray,
      nodeFilterRules: rpfilter(rise),
      podConnects: connects(anchors, 'TIMEOUT'),
    });

    expect(judgement).toMatchObject({ cause: 'host-pod-route-missing', confidence: 'certain', isDeciding });
  });

  it("fails when the pod's gateway is not on the node's end", () => {
    const nodeAddresses = healthy.nodeAddresses.map((each) =>
      each.device.startsWith('cali') ? { ...each, address: 'fe80::5cd4:1' } : each,
    );

    const { judgement, summary } = said(hostPodRoute, { nodeAddresses });

    expect(judgement).toMatchObject({ cause: 'pod-gateway-linklocal-mismatch' });
    expect(summary).toContain(gateway);
    expect(summary).toContain('fe80::5cd4:1');
  });

  it.each`
    situation                                   | changes
    ${'a gateway of its own MAC on both ends'}  | ${{ podRoutes: [route('default', { gateway: 'fe80::5cd4:1' })], nodeAddresses: [address('fe80::5cd4:1', 'cali1a2b3c4d5e6')] }}
    ${'a listing without link-local addresses'} | ${{ nodeAddresses: [address('2001:db8:1::10', 'eth0')] }}
    ${'a gateway that another CNI answers for'} | ${{ podRoutes: [route('default', { gateway: 'fd00::1' })] }}
    ${"the block's blackhole route listed"}     | ${{}}
  `('passes with $situation', ({ changes }) => {
    expect(said(hostPodRoute, changes).outcome).toBe('pass');
  });

  it('is unknown when the node could not be looked at', () => {
    const { outcome, facts } = said(hostPodRoute, {
      nodePodRoute: failed('TIMED_OUT', `ip -6 route get ${podAddress}`),
    });

    expect(outcome).toBe('unknown');
    expect(facts[0]).toContain('TIMED_OUT');
  });
});
