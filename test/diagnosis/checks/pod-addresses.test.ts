import { describe, expect, it } from 'vitest';
import { podAddresses } from '../../../src/diagnosis/checks/pod-addresses.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { address, healthy, podAddress, pool, said } from '../../helpers/healthy-evidence.ts';

const { pod, calico } = healthy;
const onlyIPv4 = { ...pod, podIPs: ['10.244.0.10'] };
const neverAsked = { ...onlyIPv4, annotations: { 'cni.projectcalico.org/podIPs': '10.244.0.10/32' } };
const link = (mtu: number) => [{ name: 'eth0', mtu, isUp: true, mac: null, kind: 'veth' }];

describe('diagnosis/checks/pod-addresses', () => {
  it.each`
    situation                            | changes                                                           | cause
    ${'no IPv6 in status or annotation'} | ${{ pod: neverAsked }}                                            | ${'pod-ipv6-not-requested'}
    ${'IPv6 in the annotation alone'}    | ${{ pod: onlyIPv4 }}                                              | ${'podips-status-missing-ipv6'}
    ${'eth0/disable_ipv6 = 1'}           | ${{ podSysctls: { 'eth0/disable_ipv6': '1' }, podAddresses: [] }} | ${'pod-disable-ipv6-sysctl'}
    ${'all/disable_ipv6 = 1'}            | ${{ podSysctls: { 'all/disable_ipv6': '1' }, podAddresses: [] }}  | ${'pod-disable-ipv6-sysctl'}
    ${'an MTU of 1279'}                  | ${{ podLinks: link(1279), podAddresses: [], podSysctls: {} }}     | ${'pod-mtu-below-1280'}
  `('$cause for certain with $situation', ({ changes, cause }) => {
    expect(said(podAddresses, changes).judgement).toMatchObject({ outcome: 'fail', cause, confidence: 'certain' });
  });

  it.each`
    situation                              | changes                                                                                                | outcome
    ${'the address of the status on eth0'} | ${{}}                                                                                                  | ${'pass'}
    ${'an MTU of exactly 1280'}            | ${{ podLinks: link(1280) }}                                                                            | ${'pass'}
    ${'an address that failed DAD'}        | ${{ podAddresses: [address(podAddress, 'eth0', { flags: ['permanent', 'tentative', 'dadfailed'] })] }} | ${'inconclusive'}
    ${'nobody who looked into the pod'}    | ${{ podAddresses: failed('EXEC_REFUSED', 'forbidden') }}                                               | ${'inconclusive'}
    ${'a pending pod'}                     | ${{ pod: { ...pod, phase: 'Pending', podIPs: [], annotations: {} } }}                                  | ${'inconclusive'}
    ${"a pod in its node's network"}       | ${{ pod: { ...neverAsked, isHostNetwork: true } }}                                                     | ${'not-applicable'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(podAddresses, changes).outcome).toBe(outcome);
  });

  it('takes an address that is gone for the trace of IPv6 switched off and on, and does not swear to it', () => {
    const { judgement } = said(podAddresses, { podAddresses: [address('fe80::1', 'eth0')] });

    expect(judgement).toMatchObject({
      cause: 'pod-disable-ipv6-sysctl',
      confidence: 'likely',
      neighbours: ['pod-mtu-below-1280'],
    });
  });

  it('tells a cluster without an IPv6 pool from one where the CNI does not ask', () => {
    const without = said(podAddresses, {
      pod: neverAsked,
      calico: { ...calico, ipPools: [pool('v4', '10.244.0.0/16')] },
    });
    const disabled = said(podAddresses, {
      pod: neverAsked,
      calico: { ...calico, ipPools: [pool('v6', 'fd00::/64', { isDisabled: true })] },
    });
    const withPool = said(podAddresses, { pod: neverAsked });

    expect(without.fix).toContain('add an IPv6 IPPool');
    expect(disabled.fix).toContain('add an IPv6 IPPool');
    expect(withPool.fix).not.toContain('add an IPv6 IPPool');
    expect(withPool.facts).toContain('IPPool default-ipv6-ippool fd00:10:244::/64 is enabled');
  });

  it('names the annotation that keeps a pod to IPv4', () => {
    const annotations = { ...neverAsked.annotations, 'cni.projectcalico.org/ipFamilies': '["IPv4"]' };

    expect(said(podAddresses, { pod: { ...neverAsked, annotations } }).fix).toContain('ipFamilies: ["IPv4"]');
  });

  it('blames cri-dockerd only where Docker runs', () => {
    const docker = said(podAddresses, {
      pod: onlyIPv4,
      node: { ...healthy.node, containerRuntime: 'docker://27.3.1' },
    });

    expect(docker.fix).toContain('--ipv6-dual-stack=true');
    expect(said(podAddresses, { pod: onlyIPv4 }).fix).not.toContain('dual-stack');
  });
});
