import { object } from '../object.ts';
import type { Healthy } from './entry.ts';
import { bystanders } from './policy.ts';
import { annotate, calicoPolicy, clusterPolicy, dns, globalPolicy, kubernetesPolicy, tier } from './words.ts';

const everything = { to: [{ ipBlock: { cidr: '::/0' } }, { ipBlock: { cidr: '0.0.0.0/0' } }] };

/** Policies that are there and stop nothing of the pod's. */
export const healthyPolicies: Readonly<Record<string, Healthy>> = {
  'unrelated-policies': {
    stage: 'policy',
    how: 'policies isolate other pods, whose lost packets raise counters meanwhile',
    inject: (plan) => ({
      objects: bystanders(plan).concat(
        kubernetesPolicy(plan, [], {
          podSelector: {
            matchExpressions: [
              { key: 'app', operator: 'In', values: ['cart', 'catalog', 'reviews', 'payments-worker'] },
            ],
          },
        }),
      ),
      traffic: ['retries', 'strangers'],
    }),
  },
  'ingress-only': {
    stage: 'policy',
    how: 'a NetworkPolicy isolates the pod for ingress alone',
    inject: (plan) => ({
      objects: [kubernetesPolicy(plan, [], { policyTypes: ['Ingress'], egress: undefined, ingress: [] })],
    }),
  },
  'isolated-and-admitted': {
    stage: 'policy',
    how: 'a NetworkPolicy isolates the pod and admits every address of both families',
    inject: (plan) => ({ objects: [kubernetesPolicy(plan, [dns, everything])] }),
  },
  'tcp-only': {
    stage: 'policy',
    how: 'a Calico policy admits TCP and UDP, so ping fails and connections do not',
    inject: (plan) => ({
      objects: [
        calicoPolicy(plan, [
          { action: 'Allow', protocol: 'TCP' },
          { action: 'Allow', protocol: 'UDP' },
        ]),
      ],
    }),
  },
  'staged-deny': {
    stage: 'policy',
    how: 'a staged policy would deny everything, and is not enforced',
    inject: (plan) => ({
      objects: [
        object(
          'projectcalico.org/v3',
          'StagedGlobalNetworkPolicy',
          { name: `lockdown-${plan.random.suffix(4)}` },
          { spec: { tier: 'default', order: 1, selector: 'all()', types: ['Egress'], egress: [{ action: 'Deny' }] } },
        ),
      ],
    }),
  },
  'pass-tier': {
    stage: 'policy',
    how: 'a policy of an earlier tier passes everything on',
    inject: (plan) => ({
      objects: [tier('platform', 300), calicoPolicy(plan, [{ action: 'Pass' }], { tier: 'platform' })],
    }),
  },
  'admin-accept': {
    stage: 'policy',
    how: 'a ClusterNetworkPolicy of the Admin tier accepts what a NetworkPolicy does not admit',
    inject: (plan) => ({
      objects: [
        clusterPolicy(plan, { tier: 'Admin', egress: [{ action: 'Accept', to: [{ networks: ['::/0'] }] }] }),
        kubernetesPolicy(plan, [dns, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]),
      ],
    }),
  },
  'later-deny': {
    stage: 'policy',
    how: 'a GlobalNetworkPolicy denies everything after a NetworkPolicy has admitted it',
    inject: (plan) => ({
      objects: [
        kubernetesPolicy(plan, [dns, everything]),
        globalPolicy(plan, { order: 5000, selector: 'all()', egress: [{ action: 'Deny' }] }),
      ],
    }),
  },
  'roomy-limit': {
    stage: 'policy',
    how: 'an annotation limits connections, and nobody comes near it',
    inject: (plan) => ({
      edit: annotate('Pod', plan.subject.name, { 'qos.projectcalico.org/egressMaxConnections': '1000' }),
    }),
  },
};
