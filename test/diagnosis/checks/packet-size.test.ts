import { describe, expect, it } from 'vitest';
import { packetSize } from '../../../src/diagnosis/checks/packet-size.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, healthy, said } from '../../helpers/healthy-evidence.ts';

const uploads = (unacknowledgedBytes: number, retransmits: number) => ({
  podUploads: anchors.map((address) => ({ address, port: 443, unacknowledgedBytes, retransmits })),
});
const tooBig = { podCounters: { before: { Icmp6InPktTooBigs: 0 }, after: { Icmp6InPktTooBigs: 2 } } };

describe('diagnosis/checks/packet-size', () => {
  it.each`
    situation                                 | changes                                                                 | outcome
    ${'everything acknowledged'}              | ${{}}                                                                   | ${'pass'}
    ${'a Packet Too Big that arrives'}        | ${tooBig}                                                               | ${'pass'}
    ${'data sent again and not acknowledged'} | ${uploads(44_000, 2)}                                                   | ${'fail'}
    ${'data on its way'}                      | ${uploads(44_000, 0)}                                                   | ${'inconclusive'}
    ${'no connection'}                        | ${{ ...uploads(44_000, 2), podConnects: connects(anchors, 'TIMEOUT') }} | ${'not-applicable'}
    ${'nothing uploaded'}                     | ${{ podUploads: [] }}                                                   | ${'not-applicable'}
    ${'a tool that does not upload'}          | ${{ podUploads: failed('TOOL_MISSING', 'no tool here uploads') }}       | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(packetSize, changes).outcome).toBe(outcome);
  });

  it('decides by our own data, unless the path loses small packets as well', () => {
    const lossy = { ...uploads(44_000, 2), podConnects: connects(anchors, 'connected', 'TIMEOUT', 'connected') };

    expect(said(packetSize, uploads(44_000, 2)).judgement).toMatchObject({
      ...{ cause: 'pmtu-black-hole', confidence: 'certain', isDeciding: true },
    });
    expect(said(packetSize, lossy).judgement).toMatchObject({
      ...{ confidence: 'likely', neighbours: ['node-upstream-black-hole'], isDeciding: false },
    });
  });

  it('names the uplink where it carries less than the pod sends', () => {
    const nodeLinks = healthy.nodeLinks.map((link) => (link.name === 'eth0' ? { ...link, mtu: 1280 } : link));

    expect(said(packetSize, { ...uploads(44_000, 2), nodeLinks }).summary).toContain(
      'eth0 of node node-1 carries 1280',
    );
    expect(said(packetSize, uploads(44_000, 2)).summary).toContain('a link on the way');
  });
});
