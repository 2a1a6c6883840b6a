import { describe, expect, it } from 'vitest';
import { nodeForwarding } from '../../../src/diagnosis/checks/node-forwarding.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, healthy, said } from '../../helpers/healthy-evidence.ts';

const off = { nodeSysctls: { 'all/forwarding': '0', 'eth0/forwarding': '0' } };
const counted = (after: number) => ({ before: { Ip6InAddrErrors: 30 }, after: { Ip6InAddrErrors: after } });

describe('diagnosis/checks/node-forwarding', () => {
  it.each`
    situation                         | nodeSysctls                                          | outcome
    ${'all = 1'}                      | ${{ 'all/forwarding': '1' }}                         | ${'pass'}
    ${'all = 1 and an interface = 0'} | ${{ 'all/forwarding': '1', 'eth0/forwarding': '0' }} | ${'pass'}
    ${'all = 0'}                      | ${{ 'all/forwarding': '0', 'eth0/forwarding': '1' }} | ${'fail'}
    ${'all not among what was read'}  | ${{ 'eth0/forwarding': '1' }}                        | ${'inconclusive'}
    ${'nothing read'}                 | ${failed('TRUNCATED', 'no end marker')}              | ${'unknown'}
  `('$outcome with $situation', ({ nodeSysctls, outcome }) => {
    expect(said(nodeForwarding, { nodeSysctls }).outcome).toBe(outcome);
  });

  it.each`
    after | outcomes                               | isDeciding | because
    ${36} | ${connects(anchors, 'TIMEOUT')}        | ${true}    | ${'an error was counted for each lost attempt'}
    ${35} | ${connects(anchors, 'TIMEOUT')}        | ${false}   | ${'fewer errors than lost attempts'}
    ${2}  | ${connects(anchors, 'TIMEOUT')}        | ${false}   | ${'a counter that fell was reset'}
    ${90} | ${connects(anchors, 'ENETUNREACH')}    | ${false}   | ${'the pod never sent: these are errors of others'}
    ${90} | ${failed('EXEC_REFUSED', 'forbidden')} | ${false}   | ${'the pod was not tried'}
  `('is deciding: $isDeciding, because $because', ({ after, outcomes, isDeciding }) => {
    const { judgement } = said(nodeForwarding, { ...off, nodeCounters: counted(after), podConnects: outcomes });

    expect(judgement).toMatchObject({ cause: 'host-forwarding-disabled', confidence: 'certain', isDeciding });
  });

  it('says that an interface of its own gates nothing', () => {
    const { facts } = said(nodeForwarding);

    expect(facts).toContain('net.ipv6.conf.cali1a2b3c4d5e6.forwarding = 0, harmless while all is 1');
  });

  it("does not concern a pod in its node's network", () => {
    expect(said(nodeForwarding, { ...off, pod: { ...healthy.pod, isHostNetwork: true } }).outcome).toBe(
      'not-applicable',
    );
  });

  it('is only likely while no trace of Felix says that its IPv6 support is on', () => {
    const off = { nodeSysctls: { 'all/forwarding': '0' } };
    const bare = { nodeFilterRules: { before: [], after: [] } };

    expect(said(nodeForwarding, off).judgement).toMatchObject({ confidence: 'certain' });
    expect(said(nodeForwarding, { ...off, ...bare }).judgement).toMatchObject({
      ...{ confidence: 'likely', neighbours: ['felix-ipv6-support-off'] },
    });
    expect(
      said(nodeForwarding, { ...off, ...bare, calico: { ...healthy.calico, flavour: 'absent' } }).judgement,
    ).toMatchObject({ confidence: 'certain' });
  });
});
