import { describe, expect, it } from 'vitest';
import { hostEndpoints } from '../../../src/diagnosis/checks/host-endpoints.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, healthy, said } from '../../helpers/healthy-evidence.ts';
import { calicoOf, globalPolicy, policiesOf, together } from '../../helpers/policies.ts';

const host = (interfaceName: string, node = 'node-1') =>
  `apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: uplink, labels: {role: uplink}}\nspec: {node: ${node}, interfaceName: ${interfaceName}}\n`;
const onForward = (rules: string) =>
  globalPolicy(
    `{tier: default, order: 50, selector: "role == 'uplink'", applyOnForward: true, types: [Egress], egress: [${rules}]}`,
    'uplinks',
  );
const ipv4Only = onForward('{action: Allow, ipVersion: 4}');
const known = { namespaces: healthy.policies.namespaces, serviceAccounts: healthy.policies.serviceAccounts };
const scene = (...yaml: readonly string[]) => ({
  policies: policiesOf(together(...yaml), { ...known, areHostsRead: true }),
  calico: calicoOf(),
  podConnects: connects(anchors, 'TIMEOUT'),
});
const rule = { backend: 'nft' as const, table: 'filter', chain: 'cali-thfw-eth0', rule: '-j DROP' };
const dropped = (rise: number) => ({
  nodeFilterRules: { before: [{ ...rule, packets: 1 }], after: [{ ...rule, packets: 1 + rise }] },
});

describe('diagnosis/checks/host-endpoints', () => {
  it.each`
    situation                                      | changes                                                                    | outcome
    ${'no such policy'}                            | ${{}}                                                                      | ${'not-applicable'}
    ${'one that admits IPv4 alone, on the uplink'} | ${scene(host('eth0'), ipv4Only)}                                           | ${'fail'}
    ${'one on all interfaces'}                     | ${scene(host('"*"'), ipv4Only)}                                            | ${'fail'}
    ${'one on another interface'}                  | ${scene(host('eth7'), ipv4Only)}                                           | ${'not-applicable'}
    ${'one on another node'}                       | ${scene(host('eth0', 'node-2'), ipv4Only)}                                 | ${'not-applicable'}
    ${'one that admits everything'}                | ${scene(host('eth0'), onForward('{action: Allow}'))}                       | ${'pass'}
    ${'no host endpoint'}                          | ${scene(ipv4Only)}                                                         | ${'not-applicable'}
    ${'host endpoints that were not read'}         | ${{ ...scene(ipv4Only), policies: policiesOf(ipv4Only, known) }}           | ${'inconclusive'}
    ${'drops that no policy explains'}             | ${{ ...scene(host('eth0'), onForward('{action: Allow}')), ...dropped(6) }} | ${'inconclusive'}
    ${'policies that nobody read'}                 | ${{ policies: failed('READ_REFUSED', 'no') }}                              | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(hostEndpoints, changes).outcome).toBe(outcome);
  });

  it('names the policy and decides where its drops are ours', () => {
    const finding = said(hostEndpoints, { ...scene(host('eth0'), ipv4Only), ...dropped(6) });

    expect(finding.judgement).toMatchObject({
      cause: 'hep-policy-on-forwarded',
      confidence: 'certain',
      isDeciding: true,
    });
    expect(finding.summary).toContain('GlobalNetworkPolicy uplinks');
    expect(finding.fix).toContain('globalnetworkpolicies.projectcalico.org uplinks');
    expect(said(hostEndpoints, scene(host('eth0'), ipv4Only)).judgement).toMatchObject({ isDeciding: false });
  });
});
