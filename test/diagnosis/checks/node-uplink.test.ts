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

  it('lists every rule that is not the kernel’s own', () => {
    const nodeRoutingRules = [
      ...healthy.nodeRoutingRules,
      routingRule({ priority: 32767, action: 'default' }),
      routingRule({ priority: 1, to: '2001:db8::/32' }),
      routingRule({ priority: 2, incoming: 'cali1' }),
      routingRule({ priority: 3, mark: '0x10' }),
      routingRule({ priority: 4, action: 'unreachable' }),
      from,
    ];

    expect(said(nodeUplink, { nodeRoutingRules }).facts).toEqual([
      'rule 1: from all to 2001:db8::/32 lookup main',
      'rule 2: from all iif cali1 lookup main',
      'rule 3: from all fwmark 0x10 lookup main',
      'rule 4: from all unreachable',
      'rule 300: from fd00:10:244::/64 lookup 66',
    ]);
  });

  it('judges each destination by its own way', () => {
    const [first, second] = healthy.nodeForwardRoutes;
    const nodeForwardRoutes = [first!, { ...second!, device: null, problem: 'Network is unreachable' }];
    const { judgement, summary } = said(nodeUplink, {
      podConnects: connects(anchors, 'TIMEOUT', 'connected'),
      nodeForwardRoutes,
    });

    expect(judgement).toMatchObject({ outcome: 'fail', confidence: 'certain' });
    expect(summary).toContain(
      `reaches ${second!.to} itself, but sends what comes from the pod nowhere (Network is unreachable)`,
    );
  });

  it.each`
    flags                         | words
    ${['tentative', 'dadfailed']} | ${'in use by another host'}
    ${['tentative']}              | ${'has not passed duplicate address detection'}
  `('says "$words" of an address that is $flags', ({ flags, words }) => {
    const flows = { nodeFlows: [flow(anchors[0], { seenAs: 'fd00:10:244::1', isUnreplied: true }), flow(anchors[1])] };
    const { judgement, summary } = said(nodeUplink, { ...lost, ...flows, nodeAddresses: flagged(...flags) });

    expect(summary).toContain(words);
    expect(judgement).toMatchObject({ isDeciding: true });
  });

  it('names the rule', () => {
    expect(said(nodeUplink, { ...lost, ...refused }).summary).toContain('rule 300: from fd00:10:244::/64 lookup 66');
  });
});
