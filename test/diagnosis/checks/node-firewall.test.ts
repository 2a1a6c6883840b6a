import { describe, expect, it } from 'vitest';
import { nodeFirewall } from '../../../src/diagnosis/checks/node-firewall.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, filterRules, flow, healthy, podAddress, said } from '../../helpers/healthy-evidence.ts';

type Rule = Evidence['nodeFilterRules']['after'][number];

/** Rules with what they rise by; FORWARD is there in any case. */
function rules(...listed: readonly (readonly [Partial<Rule>, number])[]): Evidence['nodeFilterRules'] {
  const base: Rule = { backend: 'nft', table: 'filter', chain: 'FORWARD', rule: 'policy ACCEPT', packets: 100 };
  const before = [base, ...listed.map(([rule]) => ({ ...base, ...rule }))];
  const rise = [0, ...listed.map(([, each]) => each)];
  return { before, after: before.map((rule, at) => ({ ...rule, packets: rule.packets + (rise[at] ?? 0) })) };
}

const shut = { rule: 'policy DROP' };
const accept = [{ rule: '-m mark --mark 0x10000/0x10000 -j ACCEPT' }, 0] as const;
const reject = '-o eth0 -j REJECT --reject-with icmp6-adm-prohibited';
const lost = { podConnects: connects(anchors, 'TIMEOUT') };
const silent = { ...lost, nodeFlows: [] };
const guard = { backend: 'nftables' as const, table: 'inet guard', chain: 'f' };
const hooked = [{ ...guard, rule: 'policy ACCEPT', hook: 'forward', isCounted: false as const }, 0] as const;
const uncounted = (rule: string) => [{ ...guard, rule, isCounted: false as const }, 0] as const;
const native = [
  { backend: 'nftables' as const, table: 'calico', chain: 'filter-cali-FORWARD', rule: 'accept' },
  0,
] as const;
const calicos = [{ chain: 'cali-fw-cali1', rule: '-j DROP' }, 6] as const;
const through = {
  nodeFlows: [1, 2, 3].flatMap(() => anchors.map((to) => flow(to, { seenAs: podAddress, isUnreplied: true }))),
};

describe('diagnosis/checks/node-firewall', () => {
  it.each`
    situation                                           | nodeFilterRules                                                                                                                 | cause
    ${'FORWARD policy DROP and no accept'}              | ${rules([shut, 18])}                                                                                                            | ${'forward-policy-drop'}
    ${"Calico's accept in another backend"}             | ${rules([shut, 18], [{ ...accept[0], backend: 'legacy' }, 0])}                                                                  | ${'forward-policy-drop'}
    ${'a REJECT before the accept'}                     | ${rules([{ rule: reject }, 6], accept)}                                                                                         | ${'host-firewall-reject'}
    ${'a chain of ufw’s that FORWARD calls'}            | ${rules([{ rule: '-j ufw6-x' }, 6], [{ chain: 'ufw6-x', rule: '-j REJECT' }, 6], accept)}                                       | ${'host-firewall-reject'}
    ${'a drop in the mangle table'}                     | ${rules([{ table: 'mangle', rule: 'policy ACCEPT' }, 0], [{ table: 'mangle', rule: '-s fd00::/8 -j DROP' }, 6])}                | ${'host-firewall-reject'}
    ${'a table that only nft shows'}                    | ${rules(hooked, [{ ...guard, rule: 'oifname "eth0" drop' }, 6], accept)}                                                        | ${'nft-other-table-drop'}
    ${'a chain that such a table calls'}                | ${rules(hooked, [{ ...guard, rule: 'jump g' }, 0], [{ ...guard, chain: 'g', rule: 'reject with icmpv6 admin-prohibited' }, 6])} | ${'nft-other-table-drop'}
    ${'Docker’s policy beside Calico’s nftables table'} | ${rules([shut, 6], native)}                                                                                                     | ${'nft-other-table-drop'}
  `('$cause with $situation', ({ nodeFilterRules, cause }) => {
    expect(said(nodeFirewall, { ...silent, nodeFilterRules }).judgement).toMatchObject({
      ...{ outcome: 'fail', cause, confidence: 'certain', isDeciding: true },
    });
  });

  it.each`
    situation                                          | nodeFilterRules                                                                                                                         | outcome
    ${'FORWARD policy DROP behind the accept'}         | ${rules([shut, 18], accept)}                                                                                                            | ${'pass'}
    ${'a DROP that rose by fewer than the pod lost'}   | ${rules([shut, 5])}                                                                                                                     | ${'pass'}
    ${'a DROP that did not rise'}                      | ${rules([shut, 0])}                                                                                                                     | ${'pass'}
    ${'a counter that fell'}                           | ${rules([shut, -90])}                                                                                                                   | ${'pass'}
    ${"a drop of Calico's own chains"}                 | ${rules([{ chain: 'cali-FORWARD', rule: '-j DROP' }, 18])}                                                                              | ${'pass'}
    ${"a drop of Calico's own nft table"}              | ${rules([{ backend: 'nftables', table: 'calico', chain: 'filter-FORWARD', rule: 'drop' }, 18])}                                         | ${'pass'}
    ${'a drop of INVALID packets'}                     | ${rules([{ rule: '-j KUBE-FORWARD' }, 18], [{ chain: 'KUBE-FORWARD', rule: '-m conntrack --ctstate INVALID -j DROP' }, 18])}            | ${'pass'}
    ${'a drop of what is for the node itself'}         | ${rules([{ chain: 'INPUT', rule: '-j DROP' }, 18])}                                                                                     | ${'pass'}
    ${'a chain that is called "reject" and returns'}   | ${rules([{ rule: '-j ufw6-reject-forward' }, 18], [{ chain: 'ufw6-reject-forward', rule: '-j RETURN' }, 18])}                           | ${'pass'}
    ${'a comment that says "drop"'}                    | ${rules([{ rule: '-m comment --comment "drop it" -j RETURN' }, 18])}                                                                    | ${'pass'}
    ${'a chain of that name in another table'}         | ${rules([{ rule: '-j X' }, 0], [{ table: 'nat', chain: 'X', rule: '-j DROP' }, 18])}                                                    | ${'pass'}
    ${'a chain that a rule for the node itself calls'} | ${rules([{ chain: 'INPUT', rule: 'policy ACCEPT' }, 0], [{ chain: 'INPUT', rule: '-j X' }, 18], [{ chain: 'X', rule: '-j DROP' }, 18])} | ${'pass'}
    ${'a chain that is hooked elsewhere'}              | ${rules([{ ...guard, rule: 'policy ACCEPT', hook: 'input' }, 0], [{ ...guard, rule: 'drop' }, 18])}                                     | ${'pass'}
    ${'a chain called FORWARD that no packet meets'}   | ${rules([{ table: 'nat', rule: '-j DROP' }, 18])}                                                                                       | ${'pass'}
    ${'a chain that nothing calls'}                    | ${rules([{ chain: 'DOCKER-USER', rule: '-j DROP' }, 18])}                                                                               | ${'pass'}
    ${'no rule at all'}                                | ${{ before: [], after: [] }}                                                                                                            | ${'inconclusive'}
    ${'rules that nobody read'}                        | ${failed('TOOL_MISSING', 'ip6tables-save')}                                                                                             | ${'unknown'}
  `('$outcome with $situation', ({ nodeFilterRules, outcome }) => {
    expect(said(nodeFirewall, { ...lost, nodeFilterRules }).outcome).toBe(outcome);
  });

  it.each`
    situation                                  | changes                                                                                                  | outcome
    ${'a policy that counts nothing'}          | ${{ ...silent, nodeFilterRules: rules([{ ...hooked[0], rule: 'policy DROP' }, 0]) }}                     | ${'fail'}
    ${'a rule that counts nothing'}            | ${{ ...silent, nodeFilterRules: rules(hooked, uncounted('drop')) }}                                      | ${'fail'}
    ${'the same while the pod connects'}       | ${{ nodeFlows: [], nodeFilterRules: rules(hooked, uncounted('drop')) }}                                  | ${'pass'}
    ${'the same and a flow that came past it'} | ${{ ...lost, ...through, nodeFilterRules: rules(hooked, uncounted('drop')) }}                            | ${'pass'}
    ${'the same and conntrack not read'}       | ${{ ...lost, nodeFlows: failed('TOOL_MISSING', ''), nodeFilterRules: rules(hooked, uncounted('drop')) }} | ${'pass'}
    ${'the same and a drop of Calico’s own'}   | ${{ ...silent, nodeFilterRules: rules(hooked, uncounted('drop'), calicos) }}                             | ${'pass'}
    ${'a rule for another interface'}          | ${{ ...silent, nodeFilterRules: rules(hooked, uncounted('iifname "docker0" drop')) }}                    | ${'pass'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    const { judgement } = said(nodeFirewall, changes);

    expect(judgement).toMatchObject({ outcome });
    if (outcome === 'fail') expect(judgement).toMatchObject({ cause: 'nft-other-table-drop', confidence: 'likely' });
  });

  it.each`
    rule         | outcome           | expected
    ${shut.rule} | ${'EHOSTUNREACH'} | ${'pass'}
    ${shut.rule} | ${'ENETUNREACH'}  | ${'pass'}
    ${reject}    | ${'EHOSTUNREACH'} | ${'fail'}
    ${reject}    | ${'ENETUNREACH'}  | ${'fail'}
    ${reject}    | ${'EACCES'}       | ${'fail'}
  `('$expected with $outcome and "$rule", for a drop is silent', ({ rule, outcome, expected }) => {
    const podConnects = connects(anchors, outcome);

    expect(said(nodeFirewall, { podConnects, nodeFlows: [], nodeFilterRules: rules([{ rule }, 18]) }).outcome).toBe(
      expected,
    );
  });

  it('takes drops for others’ when conntrack shows that the pod’s packets came past', () => {
    const { outcome, summary } = said(nodeFirewall, { ...lost, ...through, nodeFilterRules: rules([shut, 40]) });

    expect(outcome).toBe('pass');
    expect(summary).toContain('past all of them');
  });

  it('names the chain and what to do', () => {
    const { summary, fix } = said(nodeFirewall, { ...silent, nodeFilterRules: rules([shut, 18]) });

    expect(summary).toContain('Chain FORWARD of filter on node node-1');
    expect(fix).toContain('ip6tables -P FORWARD ACCEPT');
  });

  it('blames nobody when the pod was not tried, and does not pass either', () => {
    const podConnects = failed('EXEC_REFUSED', 'forbidden');

    expect(said(nodeFirewall, { podConnects, nodeFilterRules: rules([shut, 18]) }).outcome).toBe('inconclusive');
  });

  it("says that Docker's DROP is harmless", () => {
    const { facts } = said(nodeFirewall, { nodeFilterRules: filterRules() });

    expect(facts).toContain('nft FORWARD policy DROP, harmless: Calico accepts before it');
  });

  it("does not concern a pod in its node's network", () => {
    const pod = { ...healthy.pod, isHostNetwork: true };

    expect(said(nodeFirewall, { ...lost, pod, nodeFilterRules: rules([shut, 18]) }).outcome).toBe('not-applicable');
  });
});
