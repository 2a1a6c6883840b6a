import { describe, expect, it } from 'vitest';
import { neighbourDiscovery } from '../../../src/diagnosis/checks/neighbour-discovery.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, said } from '../../helpers/healthy-evidence.ts';

type Rule = Evidence['nodeFilterRules']['after'][number];

function rules(...listed: readonly (readonly [Partial<Rule>, number])[]): {
  nodeFilterRules: Evidence['nodeFilterRules'];
} {
  const base = { backend: 'nft' as const, table: 'filter', chain: 'INPUT', rule: 'policy ACCEPT', packets: 9 };
  const before = [base, ...listed.map(([rule]) => ({ ...base, ...rule }))];
  const rise = [0, ...listed.map(([, each]) => each)];
  return { nodeFilterRules: { before, after: before.map((rule, at) => ({ ...rule, packets: 9 + (rise[at] ?? 0) })) } };
}

const solicit = '-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j DROP';
const advert = '-i eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP';
const silent = {
  podConnects: connects(anchors, 'EHOSTUNREACH'),
  podCounters: {
    before: { Icmp6OutNeighborSolicits: 2, Icmp6InNeighborAdvertisements: 5 },
    after: { Icmp6OutNeighborSolicits: 5, Icmp6InNeighborAdvertisements: 5 },
  },
};
const answered = { ...silent.podCounters, after: { ...silent.podCounters.after, Icmp6InNeighborAdvertisements: 6 } };
const deadUplink = {
  nodeConnects: connects(anchors, 'EHOSTUNREACH'),
  nodeNeighbours: [{ address: 'fe80::1', device: 'eth0', mac: null, state: 'FAILED', isRouter: false }],
};
const nftInput = { backend: 'nftables' as const, table: 'inet fw', chain: 'in' };

describe('diagnosis/checks/neighbour-discovery', () => {
  it.each`
    situation                                               | changes                                                                                                                                                        | confidence   | isDeciding
    ${'solicitations dropped in INPUT'}                     | ${{ ...silent, ...rules([{ rule: solicit }, 3]) }}                                                                                                             | ${'certain'} | ${true}
    ${'solicitations dropped by a called chain'}            | ${{ ...silent, ...rules([{ rule: '-j hardening' }, 3], [{ chain: 'hardening', rule: solicit }, 3]) }}                                                          | ${'certain'} | ${true}
    ${'INPUT with policy DROP'}                             | ${{ ...silent, ...rules([{ rule: 'policy DROP' }, 12]) }}                                                                                                      | ${'likely'}  | ${false}
    ${'another nftables table'}                             | ${{ ...silent, ...rules([{ ...nftInput, rule: 'policy ACCEPT', hook: 'input' }, 0], [{ ...nftInput, rule: 'icmpv6 type { nd-neighbor-solicit } drop' }, 3]) }} | ${'certain'} | ${true}
    ${'a host endpoint’s chain'}                            | ${{ ...silent, ...rules([{ chain: 'cali-fh-eth0', rule: '-j DROP' }, 4]) }}                                                                                    | ${'likely'}  | ${false}
    ${'fewer drops than questions'}                         | ${{ ...silent, ...rules([{ rule: solicit }, 2]) }}                                                                                                             | ${'likely'}  | ${false}
    ${'the same, and a kernel that was too busy to say so'} | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), ...rules([{ rule: 'policy DROP' }, 2], [{ rule: advert }, 1]) }}                                               | ${'likely'}  | ${false}
    ${'advertisements of the uplink’s gateway'}             | ${{ ...deadUplink, ...rules([{ rule: advert }, 1]) }}                                                                                                          | ${'certain'} | ${true}
  `('host-ndp-blocked ($confidence) with $situation', ({ changes, confidence, isDeciding }) => {
    expect(said(neighbourDiscovery, changes).judgement).toMatchObject({
      ...{ outcome: 'fail', cause: 'host-ndp-blocked', confidence, isDeciding },
    });
  });

  it.each`
    situation                                                    | changes                                                                                                                                                                                 | outcome
    ${'nothing dropped'}                                         | ${silent}                                                                                                                                                                               | ${'pass'}
    ${'a rule for another protocol'}                             | ${{ ...silent, ...rules([{ rule: '-p tcp -m tcp --dport 22 -j DROP' }, 30]) }}                                                                                                          | ${'pass'}
    ${'a rule for echo requests'}                                | ${{ ...silent, ...rules([{ rule: '-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j DROP' }, 9]) }}                                                                                            | ${'pass'}
    ${'a chain that nothing calls'}                              | ${{ ...silent, ...rules([{ chain: 'unused', rule: solicit }, 9]) }}                                                                                                                     | ${'pass'}
    ${'a forward chain'}                                         | ${{ ...silent, ...rules([{ chain: 'FORWARD', rule: '-j DROP' }, 9]) }}                                                                                                                  | ${'pass'}
    ${'drops while the pod connects'}                            | ${rules([{ rule: 'policy DROP' }, 40])}                                                                                                                                                 | ${'pass'}
    ${'drops while the gateway answers the pod'}                 | ${{ ...silent, podCounters: answered, ...rules([{ rule: solicit }, 3]) }}                                                                                                               | ${'inconclusive'}
    ${'drops and a pod without counters'}                        | ${{ ...silent, podCounters: failed('TOOL_MISSING', ''), ...rules([{ rule: solicit }, 3]) }}                                                                                             | ${'inconclusive'}
    ${'a dead neighbour of the node’s, and its connects well'}   | ${{ nodeNeighbours: deadUplink.nodeNeighbours, ...rules([{ rule: advert }, 1]) }}                                                                                                       | ${'pass'}
    ${'silence of the node’s, and a gateway that answered'}      | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), nodeNeighbours: [{ ...deadUplink.nodeNeighbours[0], mac: '02:00:00:00:00:01', state: 'REACHABLE' }], ...rules([{ rule: advert }, 1]) }} | ${'pass'}
    ${'silence of the node’s, and neighbours that nobody read'}  | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), nodeNeighbours: failed('TIMED_OUT', ''), ...rules([{ rule: advert }, 1]) }}                                                             | ${'pass'}
    ${'silence of some of the node’s connects'}                  | ${{ nodeConnects: connects(anchors, 'TIMEOUT', 'connected'), ...rules([{ rule: advert }, 1]) }}                                                                                         | ${'pass'}
    ${'silence of the node’s, and a policy that drops'}          | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), ...rules([{ rule: 'policy DROP' }, 9]) }}                                                                                               | ${'pass'}
    ${'connects of the node’s that fail, and no dead neighbour'} | ${{ nodeConnects: deadUplink.nodeConnects, ...rules([{ rule: advert }, 1]) }}                                                                                                           | ${'inconclusive'}
    ${'a pod that asked nobody'}                                 | ${{ ...silent, podCounters: { before: {}, after: {} }, ...rules([{ rule: solicit }, 3]) }}                                                                                              | ${'inconclusive'}
    ${'Calico’s own chain for pods'}                             | ${{ ...silent, ...rules([{ chain: 'cali-wl-to-host', rule: '-j DROP' }, 3]) }}                                                                                                          | ${'pass'}
    ${'rules that nobody could read'}                            | ${{ nodeFilterRules: failed('TOOL_MISSING', '') }}                                                                                                                                      | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(neighbourDiscovery, changes).outcome).toBe(outcome);
  });

  it('takes one question and one lost attempt for enough, and tells how often the pod asked', () => {
    const podCounters = {
      before: { Icmp6OutNeighborSolicits: 2, Icmp6InNeighborAdvertisements: 5 },
      after: { Icmp6OutNeighborSolicits: 3, Icmp6InNeighborAdvertisements: 5 },
    };
    const podConnects = connects(anchors, 'EHOSTUNREACH', 'connected');
    const { judgement, facts } = said(neighbourDiscovery, {
      podConnects,
      podCounters,
      ...rules([{ rule: solicit }, 1]),
    });

    expect(judgement).toMatchObject({ confidence: 'certain', isDeciding: true });
    expect(facts).toContain('the pod asked 1 times for a neighbour and got no answer');
  });

  it('takes one lost attempt of the node’s for enough, whatever else was dropped', () => {
    const nodeConnects = connects(anchors, 'EHOSTUNREACH', 'connected');
    const more = rules([{ rule: advert }, 1], [{ rule: 'policy DROP' }, 4]);
    const { judgement, facts } = said(neighbourDiscovery, { ...deadUplink, nodeConnects, ...more });

    expect(judgement).toMatchObject({ cause: 'host-ndp-blocked', confidence: 'certain' });
    expect(facts.join()).not.toContain('the pod asked');
  });
});
