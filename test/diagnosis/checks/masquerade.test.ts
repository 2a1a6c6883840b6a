import { describe, expect, it } from 'vitest';
import { masquerade } from '../../../src/diagnosis/checks/masquerade.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { address, anchors, flow, healthy, podAddress, pool, said } from '../../helpers/healthy-evidence.ts';

const seenAs = (source: string) => ({
  nodeFlows: anchors.map((to) => flow(to, { seenAs: source, isUnreplied: true })),
});
const untranslated = seenAs(podAddress);
const ours = pool('default-ipv6-ippool', 'fd00:10:244::/64');
const calicoWith = (more: Partial<Evidence['calico']>) => ({ calico: { ...healthy.calico, ...more } });
const pools = (...more: readonly ReturnType<typeof pool>[]) => calicoWith({ ipPools: [ours, ...more] });
const felix = (settings: Evidence['calico']['felix']) => calicoWith({ felix: settings });
const oversized = pool('external', '2000::/3', { natOutgoing: false });
const old = [
  pool('old', '2001:4860::/32', { isDisabled: true }),
  pool('old-2', '2606:4700::/32', { isDisabled: true }),
];
/** Calico's nat chain with one rule, or no such chain. */
const natRule = (rule: string | null): { nodeFilterRules: Evidence['nodeFilterRules'] } => {
  if (rule === null) return { nodeFilterRules: { before: [], after: [] } };
  const listed = [{ backend: 'nft', table: 'nat', chain: 'cali-nat-outgoing', rule, packets: 0 }] as const;
  return { nodeFilterRules: { before: [...listed], after: [...listed] } };
};
const moved = healthy.nodeAddresses.map((each) =>
  each.device === 'eth0' && each.scope === 'global' ? address('2001:db8:bad::10', 'eth0') : each,
);
const inPool = healthy.nodeDestinationRoutes.map((way) => ({
  ...way,
  device: 'vxlan-v6.calico',
  gateway: 'fd00:10:244::40',
}));

describe('diagnosis/checks/masquerade', () => {
  it.each`
    situation                                                 | changes                                                                                                                                                                                   | cause                                | confidence
    ${'a pool of everything'}                                 | ${{ ...untranslated, ...pools(oversized) }}                                                                                                                                               | ${'masquerade-skipped-dest-in-pool'} | ${'certain'}
    ${'disabled pools of the destinations'}                   | ${{ ...untranslated, ...pools(...old) }}                                                                                                                                                  | ${'masquerade-skipped-dest-in-pool'} | ${'certain'}
    ${'a filter for interfaces in the settings'}              | ${{ ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'bond+' }) }}                                                                                                         | ${'felix-nat-config-breaks-v6'}      | ${'certain'}
    ${'a filter of which the uplink is only the beginning'}   | ${{ ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'eth' }) }}                                                                                                           | ${'felix-nat-config-breaks-v6'}      | ${'certain'}
    ${'a filter that one of two uplinks does not match'}      | ${{ ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'eth0' }), nodeDestinationRoutes: healthy.nodeDestinationRoutes.map((way, at) => ({ ...way, device: `eth${at}` })) }} | ${'felix-nat-config-breaks-v6'}      | ${'certain'}
    ${'a pool of everything, and ways that nobody asked for'} | ${{ ...untranslated, ...pools(oversized), nodeDestinationRoutes: failed('TIMED_OUT', '') }}                                                                                               | ${'masquerade-skipped-dest-in-pool'} | ${'certain'}
    ${'a filter for interfaces in the rule alone'}            | ${{ ...untranslated, ...natRule('-o bond+ -j MASQUERADE') }}                                                                                                                              | ${'felix-nat-config-breaks-v6'}      | ${'certain'}
    ${'an IPv4 address to translate to'}                      | ${{ ...untranslated, ...felix({ natOutgoingAddress: '192.0.2.10' }), ...natRule(null) }}                                                                                                  | ${'felix-nat-config-breaks-v6'}      | ${'certain'}
    ${'a unique local address outside'}                       | ${seenAs('fd55:1::10')}                                                                                                                                                                   | ${'masquerade-source-unroutable'}    | ${'certain'}
    ${'a link-local address outside'}                         | ${seenAs('fe80::10')}                                                                                                                                                                     | ${'masquerade-source-unroutable'}    | ${'certain'}
    ${'an address that the node does not publish'}            | ${{ ...seenAs('2001:db8:bad::10'), nodeAddresses: moved }}                                                                                                                                | ${'masquerade-source-unroutable'}    | ${'likely'}
  `('$cause ($confidence) with $situation', ({ changes, cause, confidence }) => {
    expect(said(masquerade, changes).judgement).toMatchObject({ outcome: 'fail', cause, confidence, isDeciding: true });
  });

  it.each`
    situation                                                | changes                                                                                                                                                 | outcome
    ${'translated flows with answers'}                       | ${{}}                                                                                                                                                   | ${'pass'}
    ${'translated flows that nobody answers'}                | ${seenAs('2001:db8:1::10')}                                                                                                                             | ${'pass'}
    ${'a pool of everything and translated flows'}           | ${pools(oversized)}                                                                                                                                     | ${'pass'}
    ${'destinations that really are pods of that pool'}      | ${{ ...untranslated, ...pools(oversized), nodeDestinationRoutes: inPool }}                                                                              | ${'pass'}
    ${'one of two destinations in a pool'}                   | ${{ ...untranslated, ...pools(pool('old', '2001:4860::/32')) }}                                                                                         | ${'pass'}
    ${'a filter that matches the uplink'}                    | ${{ ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'eth+' }), ...natRule('-o eth+ -j MASQUERADE') }}                                   | ${'pass'}
    ${'an address of IPv4 and yet a rule'}                   | ${{ ...untranslated, ...felix({ natOutgoingAddress: '192.0.2.10' }), ...natRule('-j MASQUERADE') }}                                                     | ${'pass'}
    ${'a node whose IPv6 address Kubernetes does not know'}  | ${{ ...seenAs('2001:db8:bad::10'), nodeAddresses: moved, node: { ...healthy.node, addresses: ['192.0.2.10'] } }}                                        | ${'pass'}
    ${'a filter that names the uplink itself'}               | ${{ ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'eth0' }) }}                                                                        | ${'pass'}
    ${'a pool of everything that narrower gateways lead to'} | ${{ ...untranslated, ...pools(oversized), nodeDestinationRoutes: healthy.nodeDestinationRoutes.map((way) => ({ ...way, gateway: '2001:db8:1::20' })) }} | ${'pass'}
    ${'no flow to look at'}                                  | ${{ nodeFlows: [] }}                                                                                                                                    | ${'inconclusive'}
    ${'a pool that asks for nothing'}                        | ${{ ...untranslated, ...calicoWith({ ipPools: [{ ...ours, natOutgoing: false }, oversized] }) }}                                                        | ${'not-applicable'}
    ${'pools that nobody could read'}                        | ${{ calico: failed('READ_REFUSED', 'ippools') }}                                                                                                        | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(masquerade, changes).outcome).toBe(outcome);
  });

  it('is not certain of an odd source where nobody read the node’s addresses', () => {
    const changes = { ...seenAs('fd55:1::10'), nodeAddresses: failed('TIMED_OUT', '') };

    expect(said(masquerade, changes).judgement).toMatchObject({
      ...{ confidence: 'likely', neighbours: ['node-upstream-black-hole', 'node-address-dad-or-rule'] },
    });
  });

  it.each([['dadfailed'], ['tentative']] as const)(
    'takes an odd source for a consequence of an address that is %s',
    (flag) => {
      const nodeAddresses = [
        address('2001:db8:1::10', 'eth0', { flags: [flag] }),
        address('fd00:10:244::1', 'vxlan-v6.calico'),
      ];

      expect(said(masquerade, { ...seenAs('fd00:10:244::1'), nodeAddresses }).judgement).toMatchObject({ cause: null });
    },
  );

  it('names the pool to delete and the setting to unset', () => {
    expect(said(masquerade, { ...untranslated, ...pools(oversized) }).fix).toContain('kubectl delete ippool external');
    expect(
      said(masquerade, { ...untranslated, ...felix({ iptablesNATOutgoingInterfaceFilter: 'bond+' }) }).fix,
    ).toContain(`'{"spec":{"iptablesNATOutgoingInterfaceFilter":null}}'`);
  });
});
