import { describe, expect, it } from 'vitest';
import { meshInterception } from '../../../src/diagnosis/checks/mesh-interception.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, devices, healthy, said } from '../../helpers/healthy-evidence.ts';

const meshed = { pod: { ...healthy.pod, sidecars: ['istio-proxy'] } };
const counted = (rises: Readonly<Record<string, number>>) => ({
  podCounters: { before: Object.fromEntries(Object.keys(rises).map((key) => [key, 0])), after: rises },
});
const refused = { podConnects: connects(anchors, 'ECONNREFUSED') };
const unheard = { podConnects: connects(anchors, 'EHOSTUNREACH') };
const looped = { podDevices: devices({ lo: { sent: 16 } }) };

describe('diagnosis/checks/mesh-interception', () => {
  it.each`
    situation                                         | changes                                                                                                           | outcome
    ${'no mesh'}                                      | ${{}}                                                                                                             | ${'not-applicable'}
    ${'a mesh that lets packets out'}                 | ${meshed}                                                                                                         | ${'pass'}
    ${'refusals that never left the pod'}             | ${{ ...refused, ...looped, ...counted({ Ip6OutRequests: 16 }) }}                                                  | ${'fail'}
    ${'the same, and neighbour discovery'}            | ${{ ...refused, ...looped, ...counted({ Ip6OutRequests: 19 }) }}                                                  | ${'fail'}
    ${'refusals from outside'}                        | ${{ ...refused, ...counted({ Ip6OutRequests: 16 }) }}                                                             | ${'not-applicable'}
    ${'refusals from outside, and a busy loopback'}   | ${{ ...refused, ...looped, ...counted({ Ip6OutRequests: 30 }) }}                                                  | ${'not-applicable'}
    ${'some refusals'}                                | ${{ podConnects: connects(anchors, 'ECONNREFUSED', 'connected'), ...looped, ...counted({ Ip6OutRequests: 16 }) }} | ${'not-applicable'}
    ${'answers that nobody is given'}                 | ${{ ...unheard, ...counted({ Ip6InReceives: 12, Ip6InDelivers: 0 }) }}                                            | ${'fail'}
    ${'answers that are given'}                       | ${{ ...unheard, ...counted({ Ip6InReceives: 12, Ip6InDelivers: 12 }) }}                                           | ${'not-applicable'}
    ${'a gateway that does not answer'}               | ${{ ...unheard, ...counted({ Ip6InReceives: 0, Ip6InDelivers: 0 }) }}                                             | ${'not-applicable'}
    ${'multicasts that are for others'}               | ${{ ...unheard, ...counted({ Ip6InReceives: 3, Ip6InDelivers: 0, Ip6InMcastPkts: 3 }) }}                          | ${'not-applicable'}
    ${'packets for an address that the pod has lost'} | ${{ ...unheard, ...counted({ Ip6InReceives: 3, Ip6InDelivers: 0, Ip6InAddrErrors: 3 }) }}                         | ${'not-applicable'}
    ${'counters that nobody read'}                    | ${{ ...unheard, podCounters: failed('UNPARSABLE', 'x') }}                                                         | ${'not-applicable'}
    ${'connects that nobody made'}                    | ${{ podConnects: failed('TOOL_MISSING', 'x') }}                                                                   | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(meshInterception, changes).outcome).toBe(outcome);
  });

  it('decides by where our own packets went', () => {
    const finding = said(meshInterception, { ...meshed, ...refused, ...looped, ...counted({ Ip6OutRequests: 16 }) });

    expect(finding.judgement).toMatchObject({ cause: 'mesh-drops-v6', confidence: 'certain', isDeciding: true });
    expect(finding.facts.join()).toContain('istio-proxy');
    expect(finding.fix).toContain('deployment checkout');
  });
});
