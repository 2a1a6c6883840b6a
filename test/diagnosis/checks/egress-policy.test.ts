import { describe, expect, it } from 'vitest';
import { egressPolicy } from '../../../src/diagnosis/checks/egress-policy.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, anchors4, connects, filterRules, healthy, said } from '../../helpers/healthy-evidence.ts';
import {
  calicoOf,
  calicoPolicy,
  clusterPolicy,
  globalPolicy,
  kubernetesPolicy,
  policiesOf,
  tierOf,
  together,
} from '../../helpers/policies.ts';

const known = { namespaces: healthy.policies.namespaces, serviceAccounts: healthy.policies.serviceAccounts };
const withPolicies = (...yaml: readonly string[]) => ({ policies: policiesOf(together(...yaml), known) });
const silent = { podConnects: [...connects(anchors, 'TIMEOUT'), ...connects(anchors4, 'connected')] };
const drop = 'cali-fw-cali1a2b3c4d5e6';
const dropped = { nodeFilterRules: filterRules({ [drop]: 12 }) };

const denyAll = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}', 'deny-all');
const ipv4Only = kubernetesPolicy(
  '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}',
  'ipv4-only',
);
const podsOnly = kubernetesPolicy(
  '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}, {to: [{podSelector: {}}]}]}',
  'pods-only',
);
const admitting = kubernetesPolicy(
  '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]}',
  'open',
);
const ruleOf = (action: string, more = '') => `{action: ${action}${more}}`;
const calico = (rules: string, tier = 'default') =>
  `{tier: ${tier}, selector: all(), types: [Egress], egress: [${rules}]}`;
const calicoDeny = calicoPolicy(calico(`${ruleOf('Deny', ', ipVersion: 6')}, ${ruleOf('Allow')}`), 'deny-v6');
const skipped = globalPolicy(calico(ruleOf('Allow', ', destination: {notNets: [10.0.0.0/8]}')), 'not-private');
const early = together(
  tierOf('early', 100),
  calicoPolicy(calico(ruleOf('Allow', ', ipVersion: 4'), 'early'), 'early.v4'),
);
const adminDeny = clusterPolicy(
  '{tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: ["::/0"]}]}]}',
);

describe('diagnosis/checks/egress-policy', () => {
  it.each`
    situation                                | yaml          | cause
    ${'a policy that admits pods alone'}     | ${podsOnly}   | ${'k8s-np-egress-isolated-no-v6'}
    ${'a policy that lists 0.0.0.0/0'}       | ${ipv4Only}   | ${'k8s-np-ipv4-only-ipblock'}
    ${'a Calico rule that denies'}           | ${calicoDeny} | ${'calico-policy-deny'}
    ${'a Calico rule with IPv4 notNets'}     | ${skipped}    | ${'calico-rule-ipv4-cidr-skipped-for-v6'}
    ${'an earlier tier that ends with Deny'} | ${early}      | ${'tier-default-deny'}
    ${'an administrator policy that denies'} | ${adminDeny}  | ${'admin-policy-deny'}
  `('$cause with $situation', ({ yaml, cause }) => {
    const attempt = { ...healthy.attempt, isNamed: true };
    const finding = said(egressPolicy, { ...withPolicies(yaml), ...silent, attempt, calico: calicoOf() });

    expect(finding.judgement).toMatchObject({ outcome: 'fail', cause, confidence: 'certain' });
    expect(finding.summary).toContain('shop/checkout-7d9f');
    expect(finding.fix).toMatch(/^# add to spec\.egress/);
    expect(finding.facts.join('\n')).toContain(`[${anchors[0]}]:443 denied`);
  });

  it.each`
    situation                              | changes                                                                                                  | outcome
    ${'no policy'}                         | ${silent}                                                                                                | ${'pass'}
    ${'a policy that admits'}              | ${{ ...withPolicies(admitting), ...silent }}                                                             | ${'pass'}
    ${'a kind that is not understood'}     | ${{ policies: { ...healthy.policies, unread: [{ kind: 'GlobalNetworkPolicy', reason: 'forbidden' }] } }} | ${'inconclusive'}
    ${'policies that could not be read'}   | ${{ policies: failed('READ_REFUSED', 'forbidden') }}                                                     | ${'unknown'}
    ${'a denial that packets do not obey'} | ${withPolicies(ipv4Only)}                                                                                | ${'inconclusive'}
    ${'drops that no policy explains'}     | ${{ ...silent, ...dropped }}                                                                             | ${'inconclusive'}
    ${'a pod without IPv6'}                | ${{ ...withPolicies(denyAll), pod: { ...healthy.pod, podIPs: ['10.0.0.1'], annotations: {} } }}          | ${'not-applicable'}
    ${'a pod in its node’s network'}       | ${{ ...withPolicies(denyAll), pod: { ...healthy.pod, isHostNetwork: true } }}                            | ${'not-applicable'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(egressPolicy, changes).outcome).toBe(outcome);
  });

  it('calls a pod that is shut in both families restricted by design, and asks for a destination', () => {
    const shut = { podConnects: [...connects(anchors, 'TIMEOUT'), ...connects(anchors4, 'TIMEOUT')] };
    const finding = said(egressPolicy, { ...withPolicies(denyAll), ...shut });
    const named = said(egressPolicy, {
      ...withPolicies(denyAll),
      ...shut,
      attempt: { ...healthy.attempt, isNamed: true },
    });

    expect(finding.judgement).toMatchObject({ outcome: 'inconclusive', isByDesign: true });
    expect(finding.judgement).toMatchObject({ settledBy: expect.stringContaining('Name a destination') });
    expect(named.outcome).toBe('fail');
  });

  it('is deciding when the drop counters of the pod’s chains rose by what it lost', () => {
    const lost = silent.podConnects.filter(({ outcome }) => outcome === 'TIMEOUT').length;
    const exactly = { nodeFilterRules: filterRules({ [drop]: lost }) };
    const fewer = { nodeFilterRules: filterRules({ [drop]: lost - 1 }) };
    const decides = (changes: object) =>
      said(egressPolicy, { ...withPolicies(ipv4Only), ...silent, ...changes }).judgement;

    expect(decides(exactly)).toMatchObject({ isDeciding: true });
    expect(decides(fewer)).toMatchObject({ isDeciding: false });
  });

  it('is only likely where the network may not enforce what its API stores, unless the drops are ours', () => {
    const elsewhere = { calico: { ...healthy.calico, flavour: 'absent' as const } };
    const base = { ...withPolicies(ipv4Only), ...silent, ...elsewhere };

    expect(said(egressPolicy, base).judgement).toMatchObject({ confidence: 'likely' });
    expect(said(egressPolicy, { ...base, ...dropped }).judgement).toMatchObject({ confidence: 'certain' });
  });

  it.each`
    rules                                                                                                     | cause
    ${ruleOf('Allow', ', source: {nets: [10.244.0.0/16]}')}                                                   | ${'calico-rule-ipv4-cidr-skipped-for-v6'}
    ${ruleOf('Allow', ', ipVersion: 4, destination: {nets: [0.0.0.0/0]}')}                                    | ${'calico-policy-deny'}
    ${`${ruleOf('Allow', ', destination: {nets: ["2001:db8::/32"]}')}, ${ruleOf('Allow', ', ipVersion: 4')}`} | ${'calico-policy-deny'}
  `('calls the rules $rules of a Calico policy $cause', ({ rules, cause }) => {
    const scene = { ...withPolicies(calicoPolicy(calico(rules), 'own')), ...silent, calico: calicoOf() };

    expect(said(egressPolicy, scene).judgement).toMatchObject({ cause });
  });

  it('blames an upgrade where an AdminNetworkPolicy that is no longer enforced would have admitted it', () => {
    const rule = 'egress: [{action: Allow, to: [{networks: ["::/0"]}]}]';
    const lost = clusterPolicy(`{priority: 10, subject: {namespaces: {}}, ${rule}}`, 'AdminNetworkPolicy', 'v1alpha1');
    const scene = { ...withPolicies(ipv4Only, lost), ...silent };
    const finding = said(egressPolicy, { ...scene, calico: calicoOf({ version: 'v3.32.1' }) });

    expect(finding.judgement).toMatchObject({ cause: 'admin-policy-lost-on-upgrade', confidence: 'certain' });
    expect(finding.summary).toContain('AdminNetworkPolicy admin would admit this');
    expect(finding.fix).toContain('kind: ClusterNetworkPolicy');
    expect(said(egressPolicy, { ...scene, calico: calicoOf({ version: 'v3.31.2' }) }).outcome).toBe('pass');
    expect(said(egressPolicy, { ...withPolicies(ipv4Only), ...silent, calico: calicoOf() }).judgement).toMatchObject({
      cause: 'k8s-np-ipv4-only-ipblock',
    });
  });

  it('repairs for the named destination alone', () => {
    const destinations = healthy.attempt.destinations.slice(0, 1).map((each) => ({ ...each, port: 8443 }));
    const changes = { ...withPolicies(ipv4Only), ...silent, attempt: { isNamed: true, destinations } };

    expect(said(egressPolicy, changes).fix).toContain(`cidr: "${anchors[0]}/128"`);
    expect(said(egressPolicy, changes).fix).toContain('port: 8443');
  });
});
