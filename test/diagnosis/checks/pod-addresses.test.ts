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

  it('tells by the settings of the interface whether an MTU or a sysctl took the address', () => {
    const lost = { podAddresses: [address('fe80::1', 'eth0')] };

    expect(said(podAddresses, { ...lost, podSysctls: { 'eth0/accept_dad': '1' } }).judgement).toMatchObject({
      ...{ cause: 'pod-mtu-below-1280', confidence: 'likely', neighbours: ['pod-disable-ipv6-sysctl'] },
    });
    expect(said(podAddresses, { ...lost, podSysctls: { 'eth0/accept_dad': '0' } }).judgement).toMatchObject({
      ...{ cause: 'pod-disable-ipv6-sysctl', confidence: 'likely', neighbours: ['pod-mtu-below-1280'] },
    });
  });

  it('tells a pod that is older than IPv6 from one that did not ask, and does not know without the pools’ age', () => {
    const pools = (more: object) => ({ calico: { ...calico, ipPools: [pool('v6', 'fd00:10:244::/64', more)] } });
    const younger = said(podAddresses, { pod: neverAsked, ...pools({ createdAt: '2026-08-02T00:00:00Z' }) });

    expect(younger.judgement).toMatchObject({ cause: 'pod-predates-ipv6', confidence: 'certain' });
    expect(younger.fix).toBe('kubectl -n shop rollout restart deployment checkout');
    for (const unknown of [pools({ createdAt: undefined }), { calico: failed('READ_REFUSED', 'no') }]) {
      expect(said(podAddresses, { pod: neverAsked, ...unknown }).judgement).toMatchObject({
        ...{ cause: 'pod-ipv6-not-requested', confidence: 'likely', neighbours: ['pod-predates-ipv6'] },
      });
    }
  });

  it('leaves a name that leads astray to the check of names, where no pod has IPv6', () => {
    const attempt = { ...healthy.attempt, name: { host: 'api.example', port: 443 } };
    const names = [
      { family: 6 as const, outcome: 'answered' as const, addresses: ['2001:db8::1'], tool: 'nslookup', said: '' },
    ];
    const scene = { attempt, pod: neverAsked, calico: { ...calico, ipPools: [pool('v4', '10.244.0.0/16')] } };

    expect(said(podAddresses, { ...scene, podNames: names }).outcome).toBe('not-applicable');
    expect(said(podAddresses, { ...scene, podNames: [] }).outcome).toBe('fail');
    expect(said(podAddresses, { ...scene, podNames: failed('EXEC_REFUSED', 'no') }).judgement).toMatchObject({
      ...{ confidence: 'likely', neighbours: ['aaaa-on-ipv4-only-pod'] },
    });
    expect(said(podAddresses, { attempt, pod: neverAsked, podNames: names }).outcome).toBe('fail');
  });

  const pending = { ...pod, phase: 'Pending', podIPs: [], annotations: {} };
  const event = (message: string) => [{ type: 'Warning', reason: 'FailedCreatePodSandBox', message }];
  const noPools = event('failed to request IPv6 addresses: no configured Calico pools');
  const node = { ...healthy.node, labels: { zone: 'east' } };
  const withPool = (more: object) => ({ calico: { ...calico, ipPools: [pool('v6', 'fd00:10:244::/64', more)] } });
  const asking = (name: string) => ({ ...pending, annotations: { 'cni.projectcalico.org/ipv6pools': `["${name}"]` } });
  const unread = { events: failed('READ_REFUSED', 'events is forbidden') };

  it.each`
    situation                     | changes                                                                                          | confidence   | says
    ${'a disabled pool'}          | ${{ events: noPools, ...withPool({ isDisabled: true }) }}                                        | ${'certain'} | ${'"disabled":false'}
    ${'a pool for other nodes'}   | ${{ events: noPools, node, ...withPool({ nodeSelector: "zone == 'west'" }) }}                    | ${'certain'} | ${'label node node-1'}
    ${'a pool on demand'}         | ${{ events: noPools, ...withPool({ assignmentMode: 'Manual' }) }}                                | ${'certain'} | ${'"assignmentMode":"Automatic"'}
    ${'a pool that is full'}      | ${{ events: noPools }}                                                                           | ${'certain'} | ${'calicoctl ipam show'}
    ${'a pool that is not there'} | ${{ pod: asking('v7'), events: event('the given pool (v7) does not exist, or is not enabled') }} | ${'certain'} | ${'ipv6pools'}
    ${'events that nobody read'}  | ${{ ...unread, ...withPool({ isDisabled: true }) }}                                              | ${'likely'}  | ${'"disabled":false'}
  `('says of a pod that cannot start why it gets no address: $situation', ({ changes, confidence, says }) => {
    const finding = said(podAddresses, { pod: pending, ...changes });

    expect(finding.judgement).toMatchObject({ cause: 'ipv6-ipam-cannot-allocate', confidence });
    expect(finding.fix).toContain(says);
  });

  it.each`
    situation                            | changes
    ${'events of another kind'}          | ${{ events: event('0/3 nodes are available') }}
    ${'no events'}                       | ${{ events: [] }}
    ${'no events that could be read'}    | ${unread}
    ${'a refusal of IPv4'}               | ${{ events: event('failed to request IPv4 addresses: no configured Calico pools') }}
    ${'a pool whose selector is broken'} | ${{ ...unread, node, ...withPool({ nodeSelector: 'zone ==' }) }}
    ${'a node that nobody read'}         | ${{ ...unread, node: failed('READ_REFUSED', 'no'), ...withPool({ nodeSelector: "zone == 'west'" }) }}
  `('blames no pool with $situation', ({ changes }) => {
    expect(said(podAddresses, { pod: pending, ...changes }).outcome).toBe('inconclusive');
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
