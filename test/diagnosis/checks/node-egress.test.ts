import { describe, expect, it } from 'vitest';
import { nodeEgress } from '../../../src/diagnosis/checks/node-egress.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, anchors4, connects, flow, healthy, said } from '../../helpers/healthy-evidence.ts';

const [first, second] = anchors;
const hop = (state: string, address = 'fe80::1') => ({
  nodeNeighbours: [{ address, device: 'eth0', mac: null, state, isRouter: false }],
});
const named = { attempt: { isNamed: true, destinations: [{ family: 6 as const, address: first, port: 443 }] } };
const dropped = (rule: string) => {
  const input = { backend: 'nft' as const, table: 'filter', chain: 'INPUT' };
  const listed = (packets: number) => [
    { ...input, rule: 'policy ACCEPT', packets: 0 },
    { ...input, rule, packets },
  ];
  return { before: listed(1), after: listed(4) };
};
const ownFlow = (source: string, seenAs: string) =>
  flow(anchors[0], {
    ...{ seenAs, isUnreplied: true },
    original: { source, destination: anchors[0], sourcePort: 40000, destinationPort: 443 },
  });
const noLookups = { nodeDestinationRoutes: failed('NOT_ATTEMPTED', '') };
const routeless = {
  nodeConnects: connects(anchors, 'ENETUNREACH'),
  nodeDestinationRoutes: healthy.nodeDestinationRoutes.map((each) => ({
    ...each,
    device: null,
    gateway: null,
    problem: 'Network is unreachable',
  })),
};

describe('diagnosis/checks/node-egress', () => {
  it.each`
    situation                                         | changes                                                                               | cause                         | confidence
    ${'nothing connecting and a gateway that FAILED'} | ${{ nodeConnects: connects(anchors, 'EHOSTUNREACH'), ...hop('FAILED') }}              | ${'node-nexthop-unreachable'} | ${'certain'}
    ${'the same without look-ups'}                    | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), ...hop('INCOMPLETE'), ...noLookups }} | ${'node-nexthop-unreachable'} | ${'certain'}
    ${'silence beyond a gateway that answers'}        | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), ...hop('REACHABLE') }}                | ${'node-upstream-black-hole'} | ${'likely'}
    ${'silence and some other neighbour that FAILED'} | ${{ nodeConnects: connects(anchors, 'TIMEOUT'), ...hop('FAILED', 'fe80::99') }}       | ${'node-upstream-black-hole'} | ${'likely'}
    ${'a router beyond that has no route'}            | ${{ nodeConnects: connects(anchors, 'ENETUNREACH') }}                                 | ${'node-upstream-black-hole'} | ${'likely'}
  `('$cause ($confidence) with $situation', ({ changes, cause, confidence }) => {
    expect(said(nodeEgress, changes).judgement).toMatchObject({ outcome: 'fail', cause, confidence });
  });

  it.each`
    situation                                 | changes                                                                                    | outcome
    ${'everything connecting'}                | ${{}}                                                                                      | ${'pass'}
    ${'an empty neighbour table'}             | ${{ nodeNeighbours: [] }}                                                                  | ${'pass'}
    ${'one anchor of two that fails'}         | ${{ nodeConnects: [...connects([first], 'connected'), ...connects([second], 'TIMEOUT')] }} | ${'pass'}
    ${'an attempt in between that fails'}     | ${{ nodeConnects: connects(anchors, 'connected', 'TIMEOUT', 'connected') }}                | ${'inconclusive'}
    ${'no route on the node at all'}          | ${routeless}                                                                               | ${'inconclusive'}
    ${'one named destination that is silent'} | ${{ ...named, nodeConnects: connects([first], 'TIMEOUT') }}                                | ${'inconclusive'}
    ${'nothing tried'}                        | ${{ nodeConnects: [] }}                                                                    | ${'inconclusive'}
    ${'a node that nobody looked at'}         | ${{ nodeConnects: failed('READ_REFUSED', '') }}                                            | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(nodeEgress, changes).outcome).toBe(outcome);
  });

  it.each`
    provider  | outcome           | cause
    ${'aws'}  | ${'TIMEOUT'}      | ${'cloud-v6-egress-missing'}
    ${'gce'}  | ${'TIMEOUT'}      | ${'cloud-v6-egress-missing'}
    ${'aws'}  | ${'ECONNREFUSED'} | ${'node-upstream-black-hole'}
    ${'kind'} | ${'TIMEOUT'}      | ${'node-upstream-black-hole'}
  `('$cause, likely, on $provider after $outcome', ({ provider, outcome, cause }) => {
    const changes = { node: { ...healthy.node, provider }, nodeConnects: connects(anchors, outcome) };

    expect(said(nodeEgress, { ...changes, ...hop('REACHABLE') }).judgement).toMatchObject({
      cause,
      confidence: 'likely',
    });
  });

  it.each`
    podConnects                                               | cause
    ${connects(anchors, 'TIMEOUT', 'connected', 'connected')} | ${'node-upstream-black-hole'}
    ${connects(anchors, 'connected')}                         | ${undefined}
    ${connects(anchors, 'TIMEOUT')}                           | ${undefined}
  `(
    'names $cause where some connects of the node’s get lost and of the pod’s $podConnects.0.outcome',
    ({ podConnects, cause }) => {
      const nodeConnects = connects(anchors, 'connected', 'TIMEOUT', 'connected');
      const { judgement } = said(nodeEgress, { nodeConnects, podConnects });

      expect(judgement && 'cause' in judgement ? judgement.cause : undefined).toBe(cause);
    },
  );

  it.each`
    situation                                                  | changes                                                                                                                                                        | confidence
    ${'all else ruled out'}                                    | ${{}}                                                                                                                                                          | ${'certain'}
    ${'a reset from outside'}                                  | ${{ nodeConnects: connects(anchors, 'ECONNREFUSED') }}                                                                                                         | ${'certain'}
    ${'a global pod that is not translated'}                   | ${{ pod: { ...healthy.pod, podIPs: ['2001:db8:7::a'] }, nodeFlows: [ownFlow('2001:db8:7::a', '2001:db8:7::a')] }}                                              | ${'certain'}
    ${'resets for the pod as well, and no entry left of them'} | ${{ nodeFlows: [], nodeConnects: connects(anchors, 'ECONNREFUSED'), podConnects: [...connects(anchors, 'ECONNREFUSED'), ...connects(anchors4, 'connected')] }} | ${'certain'}
    ${'resets for the node alone'}                             | ${{ nodeFlows: [], nodeConnects: connects(anchors, 'ECONNREFUSED') }}                                                                                          | ${'likely'}
    ${'packets that never left'}                               | ${{ nodeFlows: [] }}                                                                                                                                           | ${'likely'}
    ${'packets that left under an odd address'}                | ${{ nodeFlows: [ownFlow(healthy.pod.podIPs[1]!, '2001:db8:bad::10')] }}                                                                                        | ${'likely'}
    ${'packets that left under a local address'}               | ${{ nodeFlows: [ownFlow(healthy.pod.podIPs[1]!, healthy.pod.podIPs[1]!)] }}                                                                                    | ${'likely'}
    ${'a gateway of which nothing is known'}                   | ${{ nodeNeighbours: [] }}                                                                                                                                      | ${'likely'}
    ${'one operator silent over IPv4 as well'}                 | ${{ podConnects: [...connects(anchors, 'TIMEOUT'), ...connects(anchors4, 'TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'connected')] }}                                     | ${'likely'}
    ${'no IPv4 to compare with'}                               | ${{ podConnects: connects(anchors, 'TIMEOUT') }}                                                                                                               | ${'likely'}
    ${'rules that nobody read'}                                | ${{ nodeFilterRules: failed('TOOL_MISSING', '') }}                                                                                                             | ${'likely'}
    ${'a Node object that nobody read'}                        | ${{ node: failed('READ_REFUSED', '') }}                                                                                                                        | ${'likely'}
    ${'destinations that a person named'}                      | ${{ attempt: { ...healthy.attempt, isNamed: true } }}                                                                                                          | ${'likely'}
  `('node-upstream-black-hole is $confidence with $situation', ({ changes, confidence }) => {
    const answering = [
      { address: 'fe80::1', device: 'eth0', mac: '02:00:00:00:00:01', state: 'REACHABLE', isRouter: true },
    ];
    const silent = {
      ...{ nodeConnects: connects(anchors, 'TIMEOUT'), nodeNeighbours: answering },
      podConnects: [...connects(anchors, 'TIMEOUT'), ...connects(anchors4, 'connected')],
    };

    expect(said(nodeEgress, { ...silent, ...changes }).judgement).toMatchObject({
      ...{ cause: 'node-upstream-black-hole', confidence },
    });
  });

  it('learns nothing of the network beyond from what goes through a tunnel', () => {
    const inside = healthy.nodeDestinationRoutes.map((way) => ({ ...way, device: 'vxlan-v6.calico' }));
    const changes = { nodeConnects: connects(anchors, 'EHOSTUNREACH'), nodeDestinationRoutes: inside };

    expect(said(nodeEgress, changes).outcome).toBe('not-applicable');
  });

  it.each`
    situation                        | nodeFilterRules                                               | confidence   | neighbours
    ${'no such drop'}                | ${healthy.nodeFilterRules}                                    | ${'certain'} | ${[]}
    ${'rules that nobody read'}      | ${failed('TOOL_MISSING', '')}                                 | ${'likely'}  | ${['host-ndp-blocked']}
    ${'a drop that may have met it'} | ${dropped('-p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP')} | ${'likely'}  | ${['host-ndp-blocked']}
    ${'a drop of what is TCP'}       | ${dropped('-p tcp -m tcp --dport 22 -j DROP')}                | ${'certain'} | ${[]}
  `(
    'is $confidence of a gateway that does not answer with $situation',
    ({ nodeFilterRules, confidence, neighbours }) => {
      const changes = { nodeConnects: connects(anchors, 'EHOSTUNREACH'), ...hop('FAILED'), nodeFilterRules };

      expect(said(nodeEgress, changes).judgement).toMatchObject({
        ...{ cause: 'node-nexthop-unreachable', confidence, neighbours },
      });
    },
  );

  it('does not rule out the gateway when the neighbours were not read', () => {
    const { judgement } = said(nodeEgress, {
      nodeConnects: connects(anchors, 'TIMEOUT'),
      nodeNeighbours: failed('TIMED_OUT', ''),
    });

    expect(judgement).toMatchObject({ cause: 'node-upstream-black-hole', neighbours: ['node-nexthop-unreachable'] });
  });

  it('says so when a named destination refuses the node as well', () => {
    const { summary } = said(nodeEgress, { ...named, nodeConnects: connects([first], 'ECONNREFUSED') });

    expect(summary).toContain('packets travel both ways');
  });
});
