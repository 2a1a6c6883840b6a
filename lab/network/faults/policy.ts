import { object } from '../object.ts';
import type { Plan } from '../plan.ts';
import { variantsOf } from './entry.ts';
import { calicoPolicy, dns, globalPolicy, kubernetesPolicy } from './words.ts';

const documentation = '2001:db8:5000::/36';
const v3 = 'projectcalico.org/v3';

/** Policies that select others, at seeded names: they must not be taken for the cause. */
export const bystanders = (plan: Plan) => [
  kubernetesPolicy(plan, [], { podSelector: { matchLabels: { app: 'payments' } } }),
  calicoPolicy(plan, [{ action: 'Deny' }], { selector: "app == 'reports'" }),
];

export const policyEntries = [
  ...variantsOf('k8s-np-egress-isolated-no-v6', 'policy', {
    '': {
      how: 'a NetworkPolicy isolates the pod and admits the cluster alone',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [
            dns,
            {
              to: [
                { ipBlock: { cidr: '8.8.8.0/24' } },
                { ipBlock: { cidr: '1.1.1.0/24' } },
                { ipBlock: { cidr: plan.pool6 } },
              ],
            },
          ]),
        ],
      }),
    },
    'deny-all': {
      how: 'a NetworkPolicy without egress rules isolates every pod of the namespace in both families',
      inject: (plan) => ({
        objects: [kubernetesPolicy(plan, [], { podSelector: {} })],
        // Without one, a pod that may go nowhere is restricted by design.
        destination: '2001:4860:4860::8888',
      }),
    },
    'other-prefix': {
      how: 'a NetworkPolicy admits an IPv6 prefix that does not hold the destination',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [
            dns,
            { to: [{ ipBlock: { cidr: documentation } }, { ipBlock: { cidr: '0.0.0.0/0' } }] },
          ]),
          ...bystanders(plan),
        ],
        traffic: ['retries', 'strangers'],
      }),
    },
    port: {
      how: 'a NetworkPolicy admits every IPv6 address on other ports, and IPv4 on all',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [
            dns,
            {
              to: [{ ipBlock: { cidr: '::/0' } }],
              ports: [
                { protocol: 'TCP', port: 80 },
                { protocol: 'TCP', port: 8000, endPort: 8100 },
              ],
            },
            { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] },
          ]),
        ],
      }),
    },
  }),
  ...variantsOf('k8s-np-ipv4-only-ipblock', 'policy', {
    '': {
      how: 'a NetworkPolicy admits 0.0.0.0/0 and forgets ::/0',
      inject: (plan) => ({ objects: [kubernetesPolicy(plan, [dns, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }])] }),
    },
    except: {
      how: 'a NetworkPolicy admits 0.0.0.0/0 but for private networks, and forgets ::/0',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [
            dns,
            { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }] },
          ]),
          ...bystanders(plan),
        ],
      }),
    },
  }),
  ...variantsOf('calico-policy-deny', 'policy', {
    '': {
      how: 'a Calico policy denies IPv6',
      inject: (plan) => ({ objects: [calicoPolicy(plan, [{ action: 'Deny', ipVersion: 6 }, { action: 'Allow' }])] }),
    },
    'default-deny': {
      how: 'a GlobalNetworkPolicy selects every workload and admits IPv4 alone',
      inject: (plan) => ({
        objects: [
          globalPolicy(plan, {
            order: 2000,
            namespaceSelector: "projectcalico.org/name == 'shop'",
            egress: [{ action: 'Allow', ipVersion: 4 }],
          }),
        ],
      }),
    },
    'network-set': {
      how: 'a Calico policy denies what a GlobalNetworkSet lists',
      inject: (plan) => ({
        objects: [
          object(
            v3,
            'GlobalNetworkSet',
            { name: `threats-${plan.random.suffix(4)}`, labels: { feed: 'threats' } },
            { spec: { nets: ['2001:4860::/32', '2606:4700::/32', '203.0.113.0/24'] } },
          ),
          globalPolicy(plan, {
            order: 10,
            selector: "app in {'checkout', 'payments'}",
            egress: [
              { action: 'Log', protocol: 'TCP' },
              { action: 'Deny', destination: { selector: "feed == 'threats'", namespaceSelector: 'global()' } },
              { action: 'Allow' },
            ],
          }),
        ],
      }),
    },
    'before-allow': {
      how: 'a Calico Deny comes before the NetworkPolicy that admits everything',
      inject: (plan) => ({
        objects: [
          calicoPolicy(
            plan,
            [
              { action: 'Deny', protocol: 'TCP', destination: { nets: ['2000::/3'], ports: [443, '8000:9000'] } },
              { action: 'Allow' },
            ],
            { order: 900 },
          ),
          kubernetesPolicy(plan, [{}]),
        ],
        traffic: ['retries'],
      }),
    },
  }),
  ...variantsOf('calico-rule-ipv4-cidr-skipped-for-v6', 'policy', {
    '': {
      how: 'a Calico rule lists IPv4 networks alone, so it does not exist for IPv6',
      inject: (plan) => ({
        objects: [
          calicoPolicy(plan, [{ action: 'Allow', destination: { notNets: ['10.0.0.0/8', '192.168.0.0/16'] } }]),
        ],
      }),
    },
    nets: {
      how: 'a Calico rule admits a list of networks without one of IPv6',
      inject: (plan) => ({
        objects: [calicoPolicy(plan, [{ action: 'Allow', destination: { nets: ['0.0.0.0/0'] } }]), ...bystanders(plan)],
      }),
    },
    source: {
      how: 'a Calico rule names IPv4 networks as the source, so it does not exist for IPv6',
      inject: (plan) => ({
        objects: [calicoPolicy(plan, [{ action: 'Allow', source: { nets: [plan.pool4] }, destination: {} }])],
      }),
    },
  }),
];
