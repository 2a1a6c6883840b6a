import { describe, expect, it } from 'vitest';
import type { Policies } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { globalPolicy, kubernetesPolicy, podOf, policiesOf } from '../helpers/policies.ts';

const v6 = { address: '2001:4860:4860::8888', port: 443, protocol: 'TCP' } as const;

function judge(policies: Policies | string, flow = v6, pod = podOf()) {
  const read = typeof policies === 'string' ? policiesOf(policies) : policies;
  return evaluateEgress(compilePolicies(read), endpointOf(pod, read), flow);
}

describe('policy/endpoint', () => {
  it('selects by inherited namespace and service account labels', () => {
    const global = globalPolicy('{namespaceSelector: "team == \'web\'", types: [Egress]}');
    const namespaces = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'web' } } }];

    expect(judge(policiesOf(global, { namespaces }))).toMatchObject({
      allowed: false,
      isolatedBy: [{ kind: 'GlobalNetworkPolicy', namespace: null }],
    });
    const others = [{ ...namespaces[0]!, metadata: { name: 'shop', labels: { team: 'data' } } }];
    expect(judge(policiesOf(global, { namespaces: others }))).toMatchObject({ because: 'not-isolated' });
    // A pod may not claim it.
    const claiming = podOf({ labels: { 'pcns.team': 'web' } });
    expect(judge(policiesOf(global, { namespaces: others }), v6, claiming)).toMatchObject({ because: 'not-isolated' });
    expect(judge(global)).toMatchObject({
      allowed: null,
      issues: [expect.stringContaining('labels of the namespace')],
    });
  });

  it('selects by labels of the service account, where they were read', () => {
    const global = globalPolicy('{serviceAccountSelector: "role == \'job\'", types: [Egress]}');
    const account = (role: string) => [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop', labels: { role } } },
    ];

    expect(judge(policiesOf(global, { serviceAccounts: account('job') }))).toMatchObject({ allowed: false });
    expect(judge(policiesOf(global, { serviceAccounts: account('web') }))).toMatchObject({ because: 'not-isolated' });
    expect(judge(global)).toMatchObject({ allowed: null, issues: [expect.stringContaining('service account')] });
  });

  it('misses an unread namespace only where its labels are asked for', () => {
    const unread = [{ kind: 'Namespace', reason: 'forbidden' }];
    const byPod = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}');

    expect(judge(policiesOf(byPod, { unread }))).toMatchObject({ allowed: false, because: 'end-of-tier' });
  });

  it('leaves a pod on its node’s network to policies of host endpoints', () => {
    const host = podOf({ isHostNetwork: true });
    const byPod = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}');

    expect(judge(byPod, v6, host)).toMatchObject({ allowed: true, because: 'not-isolated' });
    expect(judge(globalPolicy('{types: [Egress]}'), v6, host)).toMatchObject({ allowed: null });
  });
});
