import { describe, expect, it } from 'vitest';
import { felixSupport } from '../../../src/diagnosis/checks/felix-support.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, flow, healthy, podAddress, said } from '../../helpers/healthy-evidence.ts';

const told = (environment: Readonly<Record<string, string | null>>) => ({
  calicoNode: { ...healthy.calicoNode, environment },
});
const felix = (fields: Readonly<Record<string, unknown>>, version = 'v3.31.2') => ({
  calico: { ...healthy.calico, version, felix: fields },
});
const bare = { nodeFilterRules: { before: [], after: [] } };
const unread = { nodeFilterRules: failed('TOOL_MISSING', 'ip6tables-save'), calicoNode: failed('READ_REFUSED', 'no') };

describe('diagnosis/checks/felix-support', () => {
  it.each`
    situation                                 | changes                                                                                 | outcome             | cause
    ${'support on'}                           | ${{}}                                                                                   | ${'pass'}           | ${undefined}
    ${'nothing said, which is on'}            | ${told({})}                                                                             | ${'pass'}           | ${undefined}
    ${'a variable of "false"'}                | ${{ ...told({ FELIX_IPV6SUPPORT: 'false' }), ...bare }}                                 | ${'fail'}           | ${'felix-ipv6-support-off'}
    ${'a configuration of false'}             | ${{ ...told({}), ...felix({ ipv6Support: false }), ...bare }}                           | ${'fail'}           | ${'felix-ipv6-support-off'}
    ${'a variable that beats it'}             | ${{ ...told({ FELIX_IPV6SUPPORT: 'true' }), ...felix({ ipv6Support: false }) }}         | ${'pass'}           | ${undefined}
    ${'the other way round'}                  | ${{ ...told({ FELIX_IPV6SUPPORT: 'no' }), ...felix({ ipv6Support: true }), ...bare }}   | ${'fail'}           | ${'felix-ipv6-support-off'}
    ${'eBPF and support off'}                 | ${{ ...told({ FELIX_IPV6SUPPORT: 'false' }), ...felix({ bpfEnabled: true }), ...bare }} | ${'fail'}           | ${'bpf-ipv6-off-or-broken'}
    ${'eBPF of Calico 3.27'}                  | ${{ ...felix({ bpfEnabled: true }, 'v3.27.3'), ...bare }}                               | ${'fail'}           | ${'bpf-ipv6-off-or-broken'}
    ${'eBPF of Calico 3.28'}                  | ${{ ...felix({ bpfEnabled: true }, 'v3.28.0'), ...bare }}                               | ${'pass'}           | ${undefined}
    ${'a value from elsewhere, and no rules'} | ${{ ...told({ FELIX_IPV6SUPPORT: null }), ...bare }}                                    | ${'inconclusive'}   | ${undefined}
    ${'a value from elsewhere, and rules'}    | ${told({ FELIX_IPV6SUPPORT: null })}                                                    | ${'pass'}           | ${undefined}
    ${'nothing that was read'}                | ${unread}                                                                               | ${'inconclusive'}   | ${undefined}
    ${'no objects'}                           | ${{ calico: failed('READ_REFUSED', 'no') }}                                             | ${'unknown'}        | ${undefined}
    ${'another network'}                      | ${{ calico: { ...healthy.calico, flavour: 'absent' } }}                                 | ${'not-applicable'} | ${undefined}
    ${'a pod without IPv6'}                   | ${{ pod: { ...healthy.pod, podIPs: ['10.0.0.1'], annotations: {} } }}                   | ${'not-applicable'} | ${undefined}
  `('$outcome with $situation', ({ changes, outcome, cause }) => {
    const finding = said(felixSupport, changes);

    expect(finding.outcome).toBe(outcome);
    expect(finding.judgement && 'cause' in finding.judgement ? finding.judgement.cause : undefined).toBe(cause);
  });

  it('is only likely while rules of Calico’s are there', () => {
    const off = told({ FELIX_IPV6SUPPORT: 'false' });

    expect(said(felixSupport, { ...off, ...bare }).judgement).toMatchObject({ confidence: 'certain' });
    expect(said(felixSupport, off).judgement).toMatchObject({ confidence: 'likely', isDeciding: false });
  });

  it('decides where our packets left untranslated, or met a node that does not forward', () => {
    const off = { ...told({ FELIX_IPV6SUPPORT: 'false' }), ...bare, podConnects: connects(anchors, 'TIMEOUT') };
    const untranslated = { nodeFlows: anchors.map((to) => flow(to, { seenAs: podAddress, isUnreplied: true })) };
    const refused = { nodeCounters: { before: { Ip6InAddrErrors: 0 }, after: { Ip6InAddrErrors: 6 } } };
    const decides = (changes: object) => said(felixSupport, { ...off, ...changes }).judgement;

    expect(decides(untranslated)).toMatchObject({ isDeciding: true });
    expect(decides(refused)).toMatchObject({ isDeciding: true });
    expect(decides({ nodeFlows: [] })).toMatchObject({ isDeciding: false });
    expect(decides({ ...untranslated, podConnects: connects(anchors, 'connected') })).toMatchObject({
      isDeciding: false,
    });
  });

  it('says that no policy is enforced, and repairs what says so', () => {
    const byVariable = said(felixSupport, { ...told({ FELIX_IPV6SUPPORT: 'false' }), ...bare });
    const byObject = said(felixSupport, { ...told({}), ...felix({ ipv6Support: false }), ...bare });

    expect(byVariable.summary).toContain('silently not enforced');
    expect(byVariable.fix).toContain('FELIX_IPV6SUPPORT=true');
    expect(byObject.fix).toContain('kubectl patch felixconfiguration default');
  });
});
