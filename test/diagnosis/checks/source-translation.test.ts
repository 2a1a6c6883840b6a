import { describe, expect, it } from 'vitest';
import { sourceTranslation } from '../../../src/diagnosis/checks/source-translation.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, flow, healthy, podAddress, pool, said } from '../../helpers/healthy-evidence.ts';

const global = '2001:db8:244::a';
const globalPod = { ...healthy.pod, podIPs: [global] };
const silent = { podConnects: connects(anchors, 'TIMEOUT') };
const noFlows = { nodeFlows: [] };
const calicoWith = (cidr: string, natOutgoing: boolean) => ({
  calico: {
    ...healthy.calico,
    ipPools: [pool('wide', '2001:db8::/32', { natOutgoing: true }), pool('ours', cidr, { natOutgoing })].toReversed(),
  },
});
const ulaOff = calicoWith('fd00:10:244::/64', false);
const guaOff = calicoWith('2001:db8:244::/64', false);
const unanswered = (source: string, seenAs: string) => ({
  nodeFlows: anchors.map((to) =>
    flow(to, {
      seenAs,
      isUnreplied: true,
      isAssured: false,
      original: { source, destination: to, sourcePort: 40000, destinationPort: 443 },
    }),
  ),
});

describe('diagnosis/checks/source-translation', () => {
  it.each`
    situation                                              | changes                                                                                                      | confidence   | isDeciding
    ${'natOutgoing off and conntrack waiting for the ULA'} | ${{ ...ulaOff, ...silent, ...unanswered(podAddress, podAddress) }}                                           | ${'certain'} | ${true}
    ${'natOutgoing off and no flow to look at'}            | ${{ ...ulaOff, ...silent, ...noFlows }}                                                                      | ${'likely'}  | ${false}
    ${'natOutgoing on, and yet nothing translates'}        | ${{ ...silent, ...unanswered(podAddress, podAddress) }}                                                      | ${'certain'} | ${true}
    ${'pools unread and conntrack waiting for the ULA'}    | ${{ ...silent, ...unanswered(podAddress, podAddress), calico: failed('READ_REFUSED', '') }}                  | ${'likely'}  | ${true}
    ${'natOutgoing on, and rules that nobody read'}        | ${{ ...silent, ...unanswered(podAddress, podAddress), nodeFilterRules: failed('TIMED_OUT', '') }}            | ${'likely'}  | ${true}
    ${'natOutgoing on, and ways that nobody asked for'}    | ${{ ...silent, ...unanswered(podAddress, podAddress), nodeDestinationRoutes: failed('TIMED_OUT', '') }}      | ${'likely'}  | ${true}
    ${'natOutgoing off, and rules that nobody read'}       | ${{ ...ulaOff, ...silent, ...unanswered(podAddress, podAddress), nodeFilterRules: failed('TIMED_OUT', '') }} | ${'certain'} | ${true}
  `('natoutgoing-disabled-ula ($confidence) with $situation', ({ changes, confidence, isDeciding }) => {
    expect(said(sourceTranslation, changes).judgement).toMatchObject({
      cause: 'natoutgoing-disabled-ula',
      confidence,
      isDeciding,
    });
  });

  it.each`
    situation                                      | changes                                                                    | isDeciding
    ${'its flow unanswered under its own address'} | ${{ pod: globalPod, ...guaOff, ...silent, ...unanswered(global, global) }} | ${true}
    ${'silence and no flow to look at'}            | ${{ pod: globalPod, ...guaOff, ...silent, ...noFlows }}                    | ${false}
  `('pod-gua-not-routed-back, likely, with $situation', ({ changes, isDeciding }) => {
    expect(said(sourceTranslation, changes).judgement).toMatchObject({
      cause: 'pod-gua-not-routed-back',
      confidence: 'likely',
      isDeciding,
    });
  });

  it.each`
    situation                                            | changes                                                                                                                 | outcome
    ${'a translated flow with an answer'}                | ${{}}                                                                                                                   | ${'pass'}
    ${'a ULA that something beyond the node translates'} | ${{ ...ulaOff, ...noFlows }}                                                                                            | ${'pass'}
    ${'a translated flow that nobody answers'}           | ${{ ...silent, ...unanswered(podAddress, '2001:db8:1::10') }}                                                           | ${'pass'}
    ${'natOutgoing on and no flow to look at'}           | ${{ ...silent, ...noFlows }}                                                                                            | ${'inconclusive'}
    ${'a global address whose node fails as well'}       | ${{ pod: globalPod, ...guaOff, ...silent, ...unanswered(global, global), nodeConnects: connects(anchors, 'TIMEOUT') }}  | ${'inconclusive'}
    ${'a global address that was refused at once'}       | ${{ pod: globalPod, ...guaOff, ...noFlows, podConnects: connects(anchors, 'ENETUNREACH') }}                             | ${'inconclusive'}
    ${'a destination that is itself unique local'}       | ${{ ...ulaOff, ...silent, attempt: { isNamed: true, destinations: [{ family: 6, address: 'fd00:53::1', port: 53 }] } }} | ${'not-applicable'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(sourceTranslation, changes).outcome).toBe(outcome);
  });

  it('does not take the flow of another pod for ours', () => {
    const { judgement } = said(sourceTranslation, {
      ...ulaOff,
      ...silent,
      ...unanswered('fd00:10:244::b', 'fd00:10:244::b'),
    });

    expect(judgement).toMatchObject({ confidence: 'likely', isDeciding: false });
  });

  it.each`
    provider       | felix                            | cause
    ${'openstack'} | ${{}}                            | ${'infra-source-filter'}
    ${'aws'}       | ${{}}                            | ${'infra-source-filter'}
    ${'aws'}       | ${{ awsSrcDstCheck: 'Disable' }} | ${'pod-gua-not-routed-back'}
    ${'kind'}      | ${{}}                            | ${'pod-gua-not-routed-back'}
    ${undefined}   | ${{}}                            | ${'pod-gua-not-routed-back'}
  `('$cause, likely, on $provider with $felix', ({ provider, felix, cause }) => {
    const node = { ...healthy.node, ...(provider === undefined ? {} : { provider }) };
    const changes = { pod: globalPod, ...silent, ...unanswered(global, global), node };
    const other = cause === 'infra-source-filter' ? 'pod-gua-not-routed-back' : 'infra-source-filter';

    expect(said(sourceTranslation, { ...changes, calico: { ...guaOff.calico, felix } }).judgement).toMatchObject({
      ...{ cause, confidence: 'likely', neighbours: [other], isDeciding: true },
    });
  });

  it('leaves to others why a packet stays untranslated though its pool asks for it', () => {
    const ipPools = [pool('ours', 'fd00:10:244::/64'), pool('external', '2000::/3')];
    const changes = { ...silent, ...unanswered(podAddress, podAddress), calico: { ...healthy.calico, ipPools } };

    expect(said(sourceTranslation, changes).judgement).toMatchObject({ outcome: 'fail', cause: null });
  });

  it('patches the pool that holds the address', () => {
    const { fix } = said(sourceTranslation, { ...ulaOff, ...silent, ...unanswered(podAddress, podAddress) });

    expect(fix).toContain(`kubectl patch ippool ours --type merge -p '{"spec":{"natOutgoing":true}}'`);
  });
});
