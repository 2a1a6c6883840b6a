import { describe, expect, it } from 'vitest';
import { nodeFirewall } from '../../../src/diagnosis/checks/node-firewall.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, filterRules, healthy, said } from '../../helpers/healthy-evidence.ts';

type Rule = Evidence['nodeFilterRules']['after'][number];

function rules(...listed: readonly (readonly [Partial<Rule>, number])[]): Evidence['nodeFilterRules'] {
  const base = { backend: 'nft' as const, table: 'filter', chain: 'FORWARD', rule: 'policy DROP', packets: 100 };
  const before = listed.map(([rule]) => ({ ...base, ...rule }));
  return { before, after: before.map((rule, at) => ({ ...rule, packets: rule.packets + (listed[at]?.[1] ?? 0) })) };
}

const accept = [{ rule: '-m mark --mark 0x10000/0x10000 -j ACCEPT' }, 0] as const;
const lost = { podConnects: connects(anchors, 'TIMEOUT') };

describe('diagnosis/checks/node-firewall', () => {
  it.each`
    situation                                        | nodeFilterRules                                                                                     | outcome
    ${'FORWARD policy DROP and no accept'}           | ${rules([{}, 18])}                                                                                  | ${'fail'}
    ${"Calico's accept in another backend"}          | ${rules([{}, 18], [{ ...accept[0], backend: 'legacy' }, 0])}                                        | ${'fail'}
    ${'FORWARD policy DROP behind the accept'}       | ${rules([{}, 18], accept)}                                                                          | ${'pass'}
    ${'a REJECT before the accept'}                  | ${rules([{ rule: '-j REJECT --reject-with icmp6-adm-prohibited' }, 6], accept)}                     | ${'fail'}
    ${'a foreign nft table that drops'}              | ${rules([{ backend: 'nftables', table: 'ip6 guard', chain: 'forward', rule: 'counter drop' }, 6])}  | ${'fail'}
    ${'a DROP that rose by fewer than the pod lost'} | ${rules([{}, 5])}                                                                                   | ${'pass'}
    ${'a DROP that did not rise'}                    | ${rules([{}, 0])}                                                                                   | ${'pass'}
    ${'a counter that fell'}                         | ${rules([{}, -90])}                                                                                 | ${'pass'}
    ${"a drop of Calico's own chains"}               | ${rules([{ chain: 'cali-FORWARD', rule: '-j DROP' }, 18])}                                          | ${'pass'}
    ${"a drop of Calico's own nft table"}            | ${rules([{ backend: 'nftables', table: 'ip6 calico', chain: 'filter-FORWARD', rule: 'drop' }, 18])} | ${'pass'}
    ${'a drop of INVALID packets'}                   | ${rules([{ chain: 'KUBE-FORWARD', rule: '-m conntrack --ctstate INVALID -j DROP' }, 18])}           | ${'pass'}
    ${'a drop of what is for the node itself'}       | ${rules([{ chain: 'INPUT', rule: '-j DROP' }, 18])}                                                 | ${'pass'}
    ${'no rule at all'}                              | ${rules()}                                                                                          | ${'inconclusive'}
    ${'rules that nobody read'}                      | ${failed('TOOL_MISSING', 'ip6tables-save')}                                                         | ${'unknown'}
  `('$outcome with $situation', ({ nodeFilterRules, outcome }) => {
    expect(said(nodeFirewall, { ...lost, nodeFilterRules }).outcome).toBe(outcome);
  });

  it('decides, for a packet that Calico dropped never comes this far', () => {
    const { judgement, summary, fix } = said(nodeFirewall, { ...lost, nodeFilterRules: rules([{}, 18]) });

    expect(judgement).toMatchObject({ cause: 'forward-policy-drop', confidence: 'certain', isDeciding: true });
    expect(summary).toContain('Chain FORWARD on node node-1');
    expect(fix).toContain('ip6tables -P FORWARD ACCEPT');
  });

  it('blames nobody when the pod was not tried, and does not pass either', () => {
    const podConnects = failed('EXEC_REFUSED', 'forbidden');

    expect(said(nodeFirewall, { podConnects, nodeFilterRules: rules([{}, 18]) }).outcome).toBe('inconclusive');
  });

  it("says that Docker's DROP is harmless", () => {
    const { facts } = said(nodeFirewall, { nodeFilterRules: filterRules() });

    expect(facts).toContain('nft FORWARD policy DROP, harmless: Calico accepts before it');
  });

  it("does not concern a pod in its node's network", () => {
    const pod = { ...healthy.pod, isHostNetwork: true };

    expect(said(nodeFirewall, { ...lost, pod, nodeFilterRules: rules([{}, 18]) }).outcome).toBe('not-applicable');
  });
});
