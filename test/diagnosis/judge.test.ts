import { describe, expect, it } from 'vitest';
import { judge } from '../../src/diagnosis/judge.ts';
import { Report } from '../../src/diagnosis/report.ts';
import { failed } from '../../src/evidence/observation.ts';
import {
  address,
  anchors,
  anchors4,
  bagWith,
  connects,
  filterRules,
  flow,
  healthy,
  nodeAddress,
  nullEntry,
  podAddress,
  pool,
  route,
} from '../helpers/healthy-evidence.ts';

type Changes = NonNullable<Parameters<typeof bagWith>[0]>;

const [first, second] = anchors;
const lostWith = (outcome: 'TIMEOUT' | 'ENETUNREACH' | 'EHOSTUNREACH') => ({
  podConnects: [...connects(anchors, outcome), ...connects(anchors4, 'connected')],
});
const noPodDefault: Changes = { podRoutes: [route(podAddress), nullEntry] };
const noForwarding: Changes = { nodeSysctls: { 'all/forwarding': '0' } };
const untranslated: Changes = {
  calico: { ...healthy.calico, ipPools: [pool('ours', 'fd00:10:244::/64', { natOutgoing: false })] },
  nodeFlows: anchors.map((to) => flow(to, { seenAs: podAddress, isUnreplied: true })),
};
const unprobed = failed('TOOL_MISSING', 'no container of the pod has a shell');
const blind: Changes = {
  podAddresses: unprobed,
  podRoutes: unprobed,
  podLinks: unprobed,
  podSysctls: unprobed,
  podCounters: unprobed,
  podResolvers: unprobed,
  podConnects: unprobed,
};
const neverGiven = { ...healthy.pod, podIPs: ['10.244.0.10'], annotations: {} };
const verdictOf = (changes: Changes = {}) => judge(bagWith(changes)).verdict;

describe('diagnosis/judge', () => {
  it('finds nothing on a healthy path, and walks all of it', () => {
    const { verdict, findings, path } = judge(bagWith());

    expect(verdict).toMatchObject({
      outcome: 'reachable',
      cause: null,
      stage: null,
      policyIsCause: 'no',
      notLookedAt: [],
    });
    expect(verdict.summary).toContain('IPv6 egress works: [2001:4860:4860::8888]:443 3/3 connected');
    expect(findings.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'not-applicable')).toEqual([]);
    expect(path.map(({ hop, status }) => `${hop} ${status}`)).toEqual([
      'pod address ok',
      'pod route ok',
      'host veth ok',
      'node route ok',
      'forwarding ok',
      'policy ok',
      'node firewall ok',
      'source address ok',
      'upstream ok',
      'destination ok',
      'packet size ok',
      'names ok',
      'application ok',
    ]);
  });

  it.each`
    oddity                                               | changes
    ${'an interface with forwarding=0'}                  | ${{ nodeSysctls: { 'all/forwarding': '1', 'eth0/forwarding': '0' } }}
    ${"its block's blackhole route"}                     | ${{ nodeRoutes: [...healthy.nodeRoutes, route('fd00:10:244:1::/122', { type: 'blackhole', device: 'lo' })] }}
    ${'an empty neighbour table'}                        | ${{ nodeNeighbours: [] }}
    ${"Docker's FORWARD DROP behind Calico's accept"}    | ${{ nodeFilterRules: filterRules({ 'policy DROP': 40 }) }}
    ${'counters that rise by packets of others'}         | ${{ nodeCounters: { before: { Ip6InNoRoutes: 0, Ip6InAddrErrors: 0 }, after: { Ip6InNoRoutes: 99, Ip6InAddrErrors: 99 } } }}
    ${'natOutgoing off where something else translates'} | ${{ ...untranslated, nodeFlows: [] }}
    ${'IPv4 that fails'}                                 | ${{ podConnects: [...connects(anchors, 'connected'), ...connects(anchors4, 'TIMEOUT')] }}
  `('is reachable and blames nothing with $oddity', ({ changes }) => {
    const { verdict, findings } = judge(bagWith(changes));

    expect(verdict).toMatchObject({ outcome: 'reachable', cause: null });
    expect(findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  it('keeps what merely looks wrong as a finding while packets arrive', () => {
    const { verdict, findings, path } = judge(bagWith(noForwarding));

    expect(verdict).toMatchObject({ outcome: 'reachable', cause: null });
    expect(verdict.summary).toContain('Node does not forward IPv6');
    expect(findings.find(({ checkId }) => checkId === 'node-forwarding')!.outcome).toBe('fail');
    expect(path.find(({ hop }) => hop === 'forwarding')).toMatchObject({ status: 'ok' });
  });

  it('outranks connects by what our own packets show beyond them', () => {
    const stalled = anchors.map((to) => ({ address: to, port: 443, unacknowledgedBytes: 44_000, retransmits: 2 }));
    const { verdict, path } = judge(bagWith({ podUploads: stalled, ...noForwarding }));

    expect(verdict).toMatchObject({ outcome: 'broken', cause: 'pmtu-black-hole', stage: 'mtu', policyIsCause: 'no' });
    expect(path.find(({ hop }) => hop === 'forwarding')).toMatchObject({ status: 'ok' });
    expect(path.find(({ hop }) => hop === 'packet size')).toMatchObject({ status: 'broken' });
  });

  it('is reachable in spite of what looks wrong beyond a connect and stopped nothing of ours', () => {
    expect(verdictOf({ podResolvers: ['fd96::a'], pod: { ...healthy.pod, podIPs: [podAddress] } }).outcome).toBe(
      'reachable',
    );
    expect(
      verdictOf({ podAddressPreferences: { precedences: [{ prefix: '::ffff:0:0/96', precedence: 100 }] } }).outcome,
    ).toBe('reachable');
  });

  const cutShort = failed('TRUNCATED', 'the pod probe ended without this part');
  const asked = { ...healthy.attempt, name: { host: 'api.example', port: 443 } };
  const silent = ([4, 6] as const).map((family) => {
    return { family, outcome: 'timeout' as const, addresses: [], tool: 'nslookup', said: '' };
  });

  it.each`
    situation                                          | changes                                                                                    | outcome
    ${'an upload that was cut short'}                  | ${{ podUploads: cutShort }}                                                                | ${'inconclusive'}
    ${'a tool that does not upload'}                   | ${{ podUploads: failed('TOOL_MISSING', 'no tool here uploads') }}                          | ${'reachable'}
    ${'resolv.conf that was cut short'}                | ${{ podResolvers: cutShort }}                                                              | ${'inconclusive'}
    ${'a name that got no answer'}                     | ${{ attempt: asked, podNames: silent }}                                                    | ${'inconclusive'}
    ${'a name that was not asked'}                     | ${{ attempt: asked, podNames: cutShort }}                                                  | ${'inconclusive'}
    ${'a name whose addresses were known and connect'} | ${{ attempt: { ...asked, isNamed: true }, podNames: failed('TOOL_MISSING', 'no getent') }} | ${'reachable'}
    ${'a request that nobody knows'}                   | ${{ attempt: cutShort }}                                                                   | ${'inconclusive'}
  `('is $outcome, although addresses connect, with $situation', ({ changes, outcome }) => {
    expect(verdictOf(changes).outcome).toBe(outcome);
  });

  it('does not call a limit of the pod’s own a policy', () => {
    const pod = {
      ...healthy.pod,
      annotations: { ...healthy.pod.annotations, 'qos.projectcalico.org/egressMaxConnections': '1' },
    };
    const rule = {
      ...{ backend: 'nft' as const, table: 'filter', chain: 'cali-fw-cali1a2b3c4d5e6', packets: 1 },
      rule: '-m comment --comment "Reject connections over egress connection limit" -j REJECT',
    };
    const nodeFilterRules = { before: [rule], after: [{ ...rule, packets: 9 }] };

    expect(verdictOf({ pod, nodeFilterRules, podConnects: connects(anchors, 'ECONNREFUSED') })).toMatchObject({
      ...{ cause: 'qos-limit-hit', stage: 'policy', policyIsCause: 'no' },
    });
  });

  it('names the broken stage first, then what policy has to do with it', () => {
    const { verdict, path } = judge(bagWith({ ...noPodDefault, ...lostWith('ENETUNREACH') }));

    expect(verdict).toMatchObject({
      outcome: 'broken',
      cause: 'pod-no-default-v6-route',
      stage: 'pod-route',
      confidence: 'certain',
      policyIsCause: 'no',
    });
    expect(verdict.summary).toMatch(
      /^Pod shop\/checkout-7d9f has no IPv6 default route, .*\. Policy is not the cause\. IPv4 works\.$/,
    );
    expect(path.slice(0, 3).map(({ status }) => status)).toEqual(['ok', 'broken', 'unreached']);
    expect(new Set(path.slice(2).map(({ status }) => status))).toEqual(new Set(['unreached']));
  });

  it.each`
    faults                                    | changes                                                                                                                                               | cause
    ${'no pod default and no forwarding'}     | ${{ ...noPodDefault, ...noForwarding, ...lostWith('ENETUNREACH') }}                                                                                   | ${'pod-no-default-v6-route'}
    ${'no forwarding and no translation'}     | ${{ ...noForwarding, ...untranslated, nodeFlows: [], ...lostWith('TIMEOUT') }}                                                                        | ${'host-forwarding-disabled'}
    ${'no translation and no upstream'}       | ${{ ...untranslated, nodeConnects: connects(anchors, 'TIMEOUT'), ...lostWith('TIMEOUT') }}                                                            | ${'natoutgoing-disabled-ula'}
    ${'no pod default, and errors of others'} | ${{ ...noPodDefault, ...noForwarding, ...lostWith('ENETUNREACH'), nodeCounters: { before: { Ip6InAddrErrors: 0 }, after: { Ip6InAddrErrors: 99 } } }} | ${'pod-no-default-v6-route'}
  `('blames the first of two: $faults', ({ changes, cause }) => {
    expect(verdictOf(changes)).toMatchObject({ outcome: 'broken', cause });
  });

  it('names the second fault beside the first', () => {
    expect(verdictOf({ ...noPodDefault, ...noForwarding, ...lostWith('ENETUNREACH') }).summary).toContain(
      'Also found: Node does not forward IPv6.',
    );
  });

  it('lets deciding evidence outrank an earlier stage that only looks wrong', () => {
    // The pod's status lost its address for a moment, yet conntrack shows the packets leaving the node untranslated.
    const { verdict, path } = judge(
      bagWith({ ...untranslated, ...lostWith('TIMEOUT'), podAddresses: [address('fe80::1', 'eth0')] }),
    );

    expect(verdict).toMatchObject({ cause: 'natoutgoing-disabled-ula', stage: 'translation', confidence: 'certain' });
    expect(path[0]).toMatchObject({ hop: 'pod address', status: 'ok' });
    expect(path[0]!.note).toContain('came past it');
  });

  it('lets the first of two deciding judgements win', () => {
    const counted = { nodeCounters: { before: { Ip6InAddrErrors: 0 }, after: { Ip6InAddrErrors: 6 } } };

    expect(verdictOf({ ...noForwarding, ...counted, ...untranslated, ...lostWith('TIMEOUT') }).cause).toBe(
      'host-forwarding-disabled',
    );
  });

  it('does not swear to a fault that stops everything while some attempts connect', () => {
    const podConnects = connects(anchors, 'TIMEOUT', 'connected');

    const verdict = verdictOf({ ...noForwarding, podConnects });

    expect(verdict).toMatchObject({ outcome: 'broken', cause: 'host-forwarding-disabled', confidence: 'likely' });
    expect(verdict.summary).toContain('intermittent 2/3');
  });

  it('is inconclusive when attempts fail and nothing explains it', () => {
    const verdict = verdictOf({ podConnects: connects(anchors, 'connected', 'TIMEOUT', 'TIMEOUT', 'connected') });

    expect(verdict).toMatchObject({ outcome: 'inconclusive', cause: null, policyIsCause: 'no' });
    expect(verdict.summary).toContain('[2001:4860:4860::8888]:443 intermittent 1/3 connected (TIMEOUT)');
    expect(verdict.summary).toContain('Policy is not the cause.');
  });

  it('shows an earlier stage that nobody could look at beside the cause', () => {
    const verdict = verdictOf({
      ...noForwarding,
      ...lostWith('TIMEOUT'),
      podRoutes: failed('UNPARSABLE', 'line 3 of ipv6_route'),
    });

    expect(verdict.cause).toBe('host-forwarding-disabled');
    expect(verdict.notLookedAt).toEqual([
      'Pod has an IPv6 default route? podRoutes: line 3 of ipv6_route (UNPARSABLE)',
    ]);
  });

  it('is never green when the pod could not be tried, however well the rest looks', () => {
    const { verdict, path } = judge(bagWith(blind));

    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.summary).toContain('could not be tried from the pod');
    expect(verdict.notLookedAt.join()).toContain('no container of the pod has a shell (TOOL_MISSING)');
    expect(path.find(({ hop }) => hop === 'pod route')).toMatchObject({ status: 'unknown' });
  });

  it('is never green when one destination was not tried', () => {
    expect(verdictOf({ podConnects: connects([first], 'connected') }).outcome).toBe('inconclusive');
  });

  it('is broken without a probe of the pod when a certain fault is found', () => {
    const verdict = verdictOf({ ...blind, ...noForwarding });

    expect(verdict).toMatchObject({ outcome: 'broken', cause: 'host-forwarding-disabled', confidence: 'certain' });
    expect(verdict.summary).toContain('The pod itself could not be tried.');
  });

  it('does not call a pod broken that nobody tried because of what is only likely', () => {
    expect(verdictOf({ ...blind, ...untranslated, nodeFlows: [] }).outcome).toBe('inconclusive');
  });

  it('gives a verdict on a pod that never had IPv6', () => {
    const missing = failed('NOT_ATTEMPTED', 'the pod has no IPv6 address');
    const { verdict, findings } = judge(
      bagWith({ pod: neverGiven, podConnects: connects(anchors, 'ENETUNREACH'), nodePodRoute: missing }),
    );

    expect(verdict).toMatchObject({ outcome: 'broken', cause: 'pod-ipv6-not-requested', policyIsCause: 'no' });
    expect(findings.find(({ checkId }) => checkId === 'host-pod-route')!.outcome).toBe('not-applicable');
  });

  it("sees a pod in its node's network through its node", () => {
    const pod = { ...healthy.pod, isHostNetwork: true, podIPs: ['192.0.2.10', nodeAddress] };
    const broken = {
      nodeRoutes: [nullEntry],
      nodeDestinationRoutes: [],
      nodeConnects: connects(anchors, 'ENETUNREACH'),
    };

    expect(verdictOf({ pod, ...blind })).toMatchObject({ outcome: 'reachable' });
    expect(verdictOf({ pod, ...blind, ...broken })).toMatchObject({
      outcome: 'broken',
      cause: 'node-no-default-or-global-v6',
      policyIsCause: 'no',
    });
  });

  it('says that an anchor which fails from the node too is at fault itself', () => {
    const half = [...connects([first], 'connected'), ...connects([second], 'TIMEOUT')];

    const fromBoth = verdictOf({ podConnects: half, nodeConnects: half });
    const fromPodAlone = verdictOf({ podConnects: half });

    expect(fromBoth.outcome).toBe('reachable');
    expect(fromBoth.summary).toContain('[2606:4700:4700::1111]:443 does not answer the node either');
    expect(fromPodAlone.outcome).toBe('inconclusive');
  });

  it('does not excuse a destination that a person named', () => {
    const attempt = {
      isNamed: true,
      destinations: anchors.map((to) => ({ family: 6 as const, address: to, port: 443 })),
    };
    const half = [...connects([first], 'connected'), ...connects([second], 'TIMEOUT')];

    expect(verdictOf({ attempt, podConnects: half, nodeConnects: half }).outcome).toBe('inconclusive');
  });

  it('takes all anchors failing everywhere for the network beyond the node', () => {
    const verdict = verdictOf({ ...lostWith('TIMEOUT'), nodeConnects: connects(anchors, 'TIMEOUT') });

    expect(verdict).toMatchObject({ cause: 'node-upstream-black-hole', confidence: 'likely', policyIsCause: 'no' });
    expect(verdict.summary).toContain('This is likely, not certain');
  });

  it('does not know whether a policy is the cause when the policies could not be read', () => {
    const policies = failed('READ_REFUSED', 'networkpolicies is forbidden');
    const upstream = { ...lostWith('TIMEOUT'), nodeConnects: connects(anchors, 'TIMEOUT') };

    expect(verdictOf({ policies, ...upstream })).toMatchObject({
      cause: 'node-upstream-black-hole',
      policyIsCause: 'unknown',
    });
    expect(verdictOf({ policies, ...noForwarding, ...lostWith('TIMEOUT') })).toMatchObject({
      confidence: 'certain',
      policyIsCause: 'no',
    });
    expect(verdictOf({ policies, ...lostWith('TIMEOUT') }).summary).toContain(
      'Whether a policy is the cause is not known.',
    );
  });

  it('answers even when there is no evidence at all, in a form that the report accepts', () => {
    const { verdict, findings, path } = judge({});

    expect(verdict.outcome).toBe('inconclusive');
    expect(Report.shape.verdict.parse(verdict)).toEqual(verdict);
    expect(Report.shape.findings.parse(findings)).toEqual(findings);
    expect(Report.shape.path.parse(path)).toEqual(path);
  });
});
