import { describe, expect, it } from 'vitest';
import type { Calico } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import type { Peer } from '../../src/policy/model.ts';
import { calicoOf, clusterPolicy, kubernetesPolicy, podOf, policiesOf, together } from '../helpers/policies.ts';

const namespaces = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'web' } } }];

function judge(yaml: string, calico: Calico | null = calicoOf(), peer: Peer | null = null) {
  const policies = policiesOf(yaml, { namespaces });
  const flow = { address: '2001:4860:4860::8888', port: 443, protocol: 'TCP' } as const;
  return evaluateEgress(compilePolicies(policies, calico), endpointOf(podOf(), policies), flow, peer);
}

const ofAll = (rule: string, priority = 5) =>
  clusterPolicy(`{tier: Admin, priority: ${priority}, subject: {namespaces: {}}, egress: [{action: Deny, ${rule}}]}`);

describe('policy/admin', () => {
  it.each`
    subject                                                                                                   | because
    ${'{namespaces: {matchLabels: {team: web}}}'}                                                             | ${'denied-by-rule'}
    ${'{namespaces: {matchLabels: {team: data}}}'}                                                            | ${'not-isolated'}
    ${'{pods: {namespaceSelector: {matchLabels: {team: web}}, podSelector: {matchLabels: {app: checkout}}}}'} | ${'denied-by-rule'}
    ${'{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: cart}}}}'}                             | ${'not-isolated'}
    ${'{pods: {namespaceSelector: {matchExpressions: [{key: team, operator: Like}]}, podSelector: {}}}'}      | ${'doubtful'}
    ${'{}'}                                                                                                   | ${'doubtful'}
  `('subject $subject → $because', ({ subject, because }) => {
    const policy = clusterPolicy(`{subject: ${subject}, egress: [{action: Deny, to: [{networks: ["::/0"]}]}]}`);

    expect(judge(policy)).toMatchObject({ because });
  });

  it.each`
    rule                                                                                                 | allowed
    ${'to: [{networks: ["2001:4860::/32"]}]'}                                                            | ${false}
    ${'to: [{networks: [0.0.0.0/0]}]'}                                                                   | ${true}
    ${'to: [{namespaces: {}}]'}                                                                          | ${true}
    ${'to: []'}                                                                                          | ${null}
    ${'to: nobody'}                                                                                      | ${null}
    ${'to: [{networks: ["::/0"]}], ports: [{portNumber: {protocol: TCP, port: 80}}]'}                    | ${null}
    ${'to: [{networks: ["::/0"]}], protocols: [{tcp: {destinationPort: {number: 443}}}]'}                | ${false}
    ${'to: [{networks: ["::/0"]}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 80}}}}]'} | ${true}
    ${'to: [{networks: ["::/0"]}], protocols: [{udp: {}}]'}                                              | ${true}
    ${'to: [{networks: ["::/0"]}], protocols: [{tcp: {}}]'}                                              | ${false}
    ${'to: [{networks: ["::/0"]}], protocols: [{}]'}                                                     | ${false}
  `('Deny $rule → $allowed', ({ rule, allowed }) => {
    expect(judge(ofAll(rule))).toMatchObject({ allowed });
  });

  const elder = (rule: string, action: string) =>
    ofAll(rule)
      .replace('ClusterNetworkPolicy', 'AdminNetworkPolicy')
      .replace('Deny', action)
      .replace('tier: Admin, ', '');

  it.each`
    rule                                                                                       | action    | version      | allowed
    ${'to: [{networks: ["::/0"]}], ports: [{portNumber: {protocol: TCP, port: 443}}]'}         | ${'Deny'} | ${'v3.31.2'} | ${false}
    ${'to: [{networks: ["::/0"]}], ports: [{portNumber: {port: 443}}]'}                        | ${'Deny'} | ${'v3.31.2'} | ${false}
    ${'to: [{networks: ["::/0"]}], ports: [{portRange: {protocol: UDP, start: 1, end: 443}}]'} | ${'Deny'} | ${'v3.31.2'} | ${true}
    ${'to: [{networks: ["::/0"]}], ports: [{portRange: {start: 80, end: 1}}]'}                 | ${'Deny'} | ${null}      | ${null}
    ${'to: [{networks: ["2001:db8::/32"]}], ports: [{namedPort: https}]'}                      | ${'Deny'} | ${'v3.31.2'} | ${true}
    ${'to: [{networks: ["::/0"]}], ports: [{namedPort: https}]'}                               | ${'Deny'} | ${'v3.31.2'} | ${false}
    ${'to: [{networks: ["::/0"]}], ports: [{namedPort: https}]'}                               | ${'Deny'} | ${null}      | ${null}
    ${'to: [{nodes: {}}]'}                                                                     | ${'Deny'} | ${'v3.31.2'} | ${false}
    ${'to: [{nodes: {}}]'}                                                                     | ${'Pass'} | ${'v3.31.2'} | ${false}
    ${'to: [{nodes: {}}]'}                                                                     | ${'Deny'} | ${null}      | ${null}
  `('AdminNetworkPolicy: $action $rule with Calico $version → $allowed', ({ rule, action, version, allowed }) => {
    const calico = version === null ? null : calicoOf({ version });

    expect(judge(elder(rule, action), calico)).toMatchObject({ allowed });
  });

  it('leaves out an Allow that Calico cannot convert, and closes a Deny or Pass', () => {
    const shut = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}');
    const with31 = (action: string) =>
      judge(together(shut, elder('to: [{nodes: {}}, {networks: ["::/0"]}]', action)), calicoOf({ version: 'v3.31.2' }));

    expect(with31('Allow')).toMatchObject({ allowed: false, because: 'end-of-tier' });
    expect(with31('Pass')).toMatchObject({
      allowed: false,
      because: 'denied-by-rule',
      by: [{ path: 'spec.egress[0]' }],
    });
  });

  it.each`
    rule                                                                                 | allowed
    ${'to: [{networks: [everything]}]'}                                                  | ${false}
    ${'to: [{nodes: {}}]'}                                                               | ${false}
    ${'to: [{domainNames: ["*.example.org"]}]'}                                          | ${false}
    ${'to: [{networks: ["2001:db8::/32"]}], protocols: [{destinationNamedPort: https}]'} | ${false}
  `('ClusterNetworkPolicy closes a Deny that Calico cannot convert: $rule', ({ rule, allowed }) => {
    expect(judge(ofAll(rule))).toMatchObject({ allowed });
    expect(judge(ofAll(rule), null).allowed === null || rule.includes('2001:db8::/32')).toBe(true);
  });

  it('asks a lower priority first', () => {
    const accept = ofAll('to: [{networks: ["::/0"]}]', 3).replace('Deny', 'Accept').replace('name: admin', 'name: z');
    const deny = ofAll('to: [{networks: ["::/0"]}]', 4);

    expect(judge(together(deny, accept))).toMatchObject({ allowed: true, by: [{ name: 'z' }] });
  });

  it('leaves the answer to the next tier when it passes', () => {
    const pass = ofAll('to: [{networks: ["::/0"]}]', 3).replace('Deny', 'Pass').replace('name: admin', 'name: a');
    const deny = ofAll('to: [{networks: ["::/0"]}]', 4);

    expect(judge(together(pass, deny))).toMatchObject({ allowed: true, because: 'profile' });
    expect(judge(together(pass, deny, kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}')))).toMatchObject({
      because: 'end-of-tier',
    });
  });

  it('selects peers by the labels of their namespace', () => {
    const rule = ofAll('to: [{namespaces: {matchLabels: {team: data}}}]');
    const peerOf = (team: string) => ({
      labels: { 'projectcalico.org/orchestrator': 'k8s', 'projectcalico.org/namespace': 'data', 'pcns.team': team },
      portNames: [],
    });

    expect(judge(rule, calicoOf(), peerOf('data'))).toMatchObject({ allowed: false });
    expect(judge(rule, calicoOf(), peerOf('web'))).toMatchObject({ allowed: true });
  });

  it.each`
    peer                                                                         | of        | allowed
    ${'{namespaces: {matchLabels: {team: web}}}'}                                | ${'shop'} | ${false}
    ${'{namespaces: {matchLabels: {team: data}}}'}                               | ${'shop'} | ${true}
    ${'{namespaces: {}}'}                                                        | ${'shop'} | ${false}
    ${'{namespaces: {}}'}                                                        | ${'no'}   | ${true}
    ${'{namespaces: {matchExpressions: [{key: team, operator: DoesNotExist}]}}'} | ${'no'}   | ${false}
    ${'{pods: {namespaceSelector: {}, podSelector: {}}}'}                        | ${'shop'} | ${true}
  `('Deny to $peer → $allowed for a network set in $of namespace', ({ peer, of, allowed }) => {
    const [kind, metadata] =
      of === 'no' ? ['GlobalNetworkSet', '{name: s}'] : ['NetworkSet', `{name: s, namespace: ${of}}`];
    const set = `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: ${metadata}\nspec: {nets: ["2001:4860::/32"]}\n`;

    expect(judge(together(ofAll(`to: [${peer}]`), set))).toMatchObject({ allowed });
  });

  it.each`
    kind                            | version      | flavour     | allowed
    ${'ClusterNetworkPolicy'}       | ${'v3.32.0'} | ${'crd-v1'} | ${false}
    ${'ClusterNetworkPolicy'}       | ${'v3.31.4'} | ${'crd-v1'} | ${true}
    ${'AdminNetworkPolicy'}         | ${'v3.31.4'} | ${'crd-v1'} | ${false}
    ${'AdminNetworkPolicy'}         | ${'v3.28.2'} | ${'crd-v1'} | ${true}
    ${'AdminNetworkPolicy'}         | ${'v3.32.0'} | ${'crd-v1'} | ${true}
    ${'BaselineAdminNetworkPolicy'} | ${'v3.29.0'} | ${'crd-v1'} | ${true}
    ${'BaselineAdminNetworkPolicy'} | ${'v3.30.0'} | ${'crd-v1'} | ${false}
    ${'AdminNetworkPolicy'}         | ${null}      | ${'crd-v1'} | ${null}
    ${'AdminNetworkPolicy'}         | ${null}      | ${'absent'} | ${null}
  `('a Deny of $kind with Calico $version ($flavour) → $allowed', ({ kind, version, flavour, allowed }) => {
    const policy = ofAll('to: [{networks: ["::/0"]}]').replace('ClusterNetworkPolicy', kind);

    expect(judge(policy, calicoOf({ version, flavour }))).toMatchObject({ allowed });
  });
});
