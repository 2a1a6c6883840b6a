import { describe, expect, it } from 'vitest';
import { reversePath } from '../../../src/diagnosis/checks/reverse-path.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, flow, healthy, podAddress, said } from '../../helpers/healthy-evidence.ts';

type Rule = Evidence['nodeFilterRules']['after'][number];
const lost = { podConnects: connects(anchors, 'TIMEOUT') };

function rule(rise: number, more: Partial<Rule> = {}): { nodeFilterRules: Evidence['nodeFilterRules'] } {
  const base: Rule = {
    backend: 'nft',
    table: 'raw',
    chain: 'PREROUTING',
    rule: '-i eth0 -m rpfilter --invert -j DROP',
    packets: 1,
  };
  const before = { ...base, ...more };
  return { nodeFilterRules: { before: [before], after: [{ ...before, packets: 1 + rise }] } };
}

const firewalld: Partial<Rule> = {
  ...{ backend: 'nftables', table: 'inet firewalld', chain: 'mangle_PREROUTING' },
  rule: 'meta nfproto ipv6 fib saddr . mark . iif oif missing drop',
};
const calicos: Partial<Rule> = {
  chain: 'cali-PREROUTING',
  rule: '-m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP',
};
const astray = { ...healthy.nodePodRoute, device: null, problem: 'Invalid argument' };

describe('diagnosis/checks/reverse-path', () => {
  it('takes one lost attempt for enough, and shows which way the node answers', () => {
    const podConnects = connects(anchors, 'TIMEOUT', 'connected');
    const { judgement, facts } = said(reversePath, { podConnects, ...rule(1) });

    expect(judgement).toMatchObject({ outcome: 'fail' });
    expect(facts).toEqual([
      'nft raw PREROUTING -i eth0 -m rpfilter --invert -j DROP: +1 packets',
      'node-1: default via fe80::1 dev eth0 metric 1024',
    ]);
  });

  it.each`
    situation                                           | changes                                                           | confidence
    ${'a rule of the host’s in the raw table'}          | ${{ ...lost, ...rule(6) }}                                        | ${'certain'}
    ${'firewalld’s chain, with replies sent again'}     | ${{ ...lost, ...rule(24, firewalld) }}                            | ${'certain'}
    ${'Calico’s own, though the node has a route back'} | ${{ ...lost, ...rule(6, calicos) }}                               | ${'likely'}
    ${'the same, and conntrack not read'}               | ${{ ...lost, ...rule(6), nodeFlows: failed('TOOL_MISSING', '') }} | ${'certain'}
  `('rpf-drop-raw ($confidence) with $situation', ({ changes, confidence }) => {
    expect(said(reversePath, changes).judgement).toMatchObject({
      ...{ outcome: 'fail', cause: 'rpf-drop-raw', confidence, isDeciding: true },
    });
  });

  it.each`
    situation                                                    | changes                                                                                                          | outcome
    ${'no such rule'}                                            | ${lost}                                                                                                          | ${'pass'}
    ${'fewer drops than the pod lost'}                           | ${{ ...lost, ...rule(5) }}                                                                                       | ${'pass'}
    ${'drops while the pod connects'}                            | ${rule(60)}                                                                                                      | ${'pass'}
    ${'a drop by another match'}                                 | ${{ ...lost, ...rule(60, { rule: '-s fd99::/16 -j DROP' }) }}                                                    | ${'pass'}
    ${'Calico’s own, and no route to the pod'}                   | ${{ ...lost, ...rule(6, calicos), nodePodRoute: astray }}                                                        | ${'pass'}
    ${'a rule of the host’s and no packet that got out'}         | ${{ ...lost, ...rule(60), nodeFlows: [] }}                                                                       | ${'pass'}
    ${'a rule of the host’s and packets that nobody can answer'} | ${{ ...lost, ...rule(60), nodeFlows: anchors.map((to) => flow(to, { seenAs: podAddress, isUnreplied: true })) }} | ${'pass'}
    ${'rules that nobody could read'}                            | ${{ nodeFilterRules: failed('TOOL_MISSING', '') }}                                                               | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(reversePath, changes).outcome).toBe(outcome);
  });
});
