import { describe, expect, it } from 'vitest';
import { nodeUplink } from '../../../src/diagnosis/checks/node-uplink.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { failed } from '../../../src/evidence/observation.ts';
import {
  address,
  anchors,
  connects,
  flow,
  healthy,
  nodeAddress,
  routingRule,
  said,
} from '../../helpers/healthy-evidence.ts';

const lost = { podConnects: connects(anchors, 'TIMEOUT') };
const from = routingRule({ priority: 300, from: 'fd00:10:244::/64', action: '66' });
const ways = (more: Partial<Evidence['nodeForwardRoutes'][number]>) => ({
  nodeForwardRoutes: healthy.nodeForwardRoutes.map((way) => ({ ...way, ...more })),
  nodeRoutingRules: [...healthy.nodeRoutingRules, from],
});
const refused = ways({ device: null, gateway: null, problem: 'Network is unreachable' });
const flagged = (...flags: Evidence['nodeAddresses'][number]['flags']) =>
  healthy.nodeAddresses.map((each) => (each.address === nodeAddress ? { ...each, flags } : each));
const unanswered = { nodeFlows: anchors.map((to) => flow(to, { seenAs: 'fd00:10:244::1', isUnreplied: true })) };
const routeless = healthy.nodeDestinationRoutes.map((way) => ({
  ...way,
  device: null,
  problem: 'Network is unreachable',
}));

describe('diagnosis/checks/node-uplink', () => {
  it.each`
    situation                                            | changes                                                            | confidence   | isDeciding
    ${'a rule that leads the pod into a black hole'}     | ${{ ...lost, ...refused }}                                         | ${'certain'} | ${true}
    ${'a rule that leads it out of another interface'}   | ${{ ...lost, ...ways({ device: 'tun0' }) }}                        | ${'likely'}  | ${false}
    ${'an address that is a duplicate'}                  | ${{ ...lost, nodeAddresses: flagged('tentative', 'dadfailed') }}   | ${'certain'} | ${false}
    ${'the same, with packets that leave under another'} | ${{ ...lost, ...unanswered, nodeAddresses: flagged('dadfailed') }} | ${'certain'} | ${true}
    ${'an address that stays tentative'}                 | ${{ ...lost, nodeAddresses: flagged('tentative') }}                | ${'certain'} | ${false}
  `('node-address-dad-or-rule ($confidence) with $situation', ({ changes, confidence, isDeciding }) => {
    expect(said(nodeUplink, changes).judgement).toMatchObject({
      ...{ outcome: 'fail', cause: 'node-address-dad-or-rule', confidence, isDeciding },
    });
  });

  it.each`
    situation                                             | changes                                                                                     | outcome
    ${'the same way for both'}                            | ${lost}                                                                                     | ${'pass'}
    ${'an egress gateway through which the pod connects'} | ${ways({ device: 'egress.calico' })}                                                        | ${'pass'}
    ${'a duplicate beside an address that works'}         | ${{ ...lost, nodeAddresses: [...flagged('dadfailed'), address('2001:db8:1::11', 'eth0')] }} | ${'pass'}
    ${'an optimistic address'}                            | ${{ ...lost, nodeAddresses: flagged('tentative', 'optimistic') }}                           | ${'pass'}
    ${'a deprecated address'}                             | ${{ ...lost, nodeAddresses: flagged('deprecated') }}                                        | ${'pass'}
    ${'a node without a route of its own'}                | ${{ ...lost, ...refused, nodeDestinationRoutes: routeless }}                                | ${'pass'}
    ${'an uplink without any global address'}             | ${{ ...lost, nodeAddresses: [] }}                                                           | ${'pass'}
    ${'a way of the pod’s that nobody asked for'}         | ${{ ...lost, nodeForwardRoutes: failed('UNPARSABLE', 'no route to the pod') }}              | ${'pass'}
    ${'addresses that nobody could read'}                 | ${{ nodeAddresses: failed('TIMED_OUT', '') }}                                               | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(nodeUplink, changes).outcome).toBe(outcome);
  });

  it('names the rule', () => {
    expect(said(nodeUplink, { ...lost, ...refused }).summary).toContain('rule 300: from fd00:10:244::/64 lookup 66');
  });
});
