import { object } from '../object.ts';
import { variantsOf } from './entry.ts';
import {
  annotate,
  calicoPolicy,
  clusterPolicy,
  dns,
  globalPolicy,
  inPod,
  kubernetesPolicy,
  policyName,
  tier,
} from './words.ts';

const v3 = 'projectcalico.org/v3';

/** What comes before or beside the namespace's own policies. */
export const platformEntries = [
  ...variantsOf('tier-default-deny', 'policy', {
    '': {
      how: 'a policy of an earlier tier selects the pod and neither admits nor passes IPv6',
      inject: (plan) => ({
        objects: [
          tier('security', 200),
          calicoPolicy(plan, [{ action: 'Pass', ipVersion: 4 }], { tier: 'security', order: 20 }),
          kubernetesPolicy(plan, [{}]),
        ],
      }),
    },
    global: {
      how: "a GlobalNetworkPolicy of the platform's tier admits a few ports and lets the tier end",
      inject: (plan) => ({
        objects: [
          tier('platform', 90 + plan.random.int(900)),
          globalPolicy(plan, {
            tier: 'platform',
            order: 5,
            namespaceSelector: "kubernetes.io/metadata.name in {'shop'}",
            egress: [
              { action: 'Allow', protocol: 'UDP', destination: { ports: [53] } },
              { action: 'Allow', ipVersion: 4, protocol: 'TCP' },
            ],
          }),
        ],
      }),
    },
  }),
  ...variantsOf('admin-policy-deny', 'policy', {
    '': {
      how: 'a ClusterNetworkPolicy of the Admin tier denies IPv6',
      inject: (plan) => ({
        objects: [clusterPolicy(plan, { tier: 'Admin', egress: [{ action: 'Deny', to: [{ networks: ['::/0'] }] }] })],
      }),
    },
    baseline: {
      how: 'a ClusterNetworkPolicy of the Baseline tier denies IPv6, and no other policy decides before',
      inject: (plan) => ({
        objects: [
          clusterPolicy(plan, { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ networks: ['::/0'] }] }] }),
        ],
      }),
    },
    port: {
      how: 'a ClusterNetworkPolicy of the Admin tier denies TCP 443 to global addresses, over a NetworkPolicy that admits them',
      inject: (plan) => ({
        objects: [
          clusterPolicy(plan, {
            tier: 'Admin',
            priority: plan.random.int(900),
            egress: [
              { action: 'Pass', to: [{ networks: ['0.0.0.0/0'] }] },
              {
                action: 'Deny',
                to: [{ networks: ['2000::/3'] }],
                protocols: [{ tcp: { destinationPort: { number: 443 } } }],
              },
            ],
          }),
          kubernetesPolicy(plan, [{}]),
        ],
      }),
    },
  }),
  ...variantsOf('admin-policy-lost-on-upgrade', 'policy', {
    '': {
      how: 'an AdminNetworkPolicy that this version of Calico no longer enforces used to override the NetworkPolicy that isolates the pod',
      inject: (plan) => ({
        objects: [
          kubernetesPolicy(plan, [dns, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]),
          object(
            'policy.networking.k8s.io/v1alpha1',
            'AdminNetworkPolicy',
            { name: policyName(plan), uid: plan.random.uid() },
            {
              spec: {
                priority: 10,
                subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } },
                egress: [{ name: 'allow-ipv6', action: 'Allow', to: [{ networks: ['::/0'] }] }],
              },
            },
          ),
        ],
      }),
    },
  }),
  ...variantsOf('hep-policy-on-forwarded', 'policy', {
    '': {
      how: "a policy of the uplink's HostEndpoint applies to forwarded packets and admits none of the pod's",
      inject: (plan) => ({
        objects: [
          object(
            v3,
            'HostEndpoint',
            { name: `${plan.subject.node.name}-eth0`, labels: { role: 'uplink' } },
            { spec: { node: plan.subject.node.name, interfaceName: 'eth0', expectedIPs: [plan.subject.node.ipv6] } },
          ),
          globalPolicy(plan, {
            order: 50,
            selector: "role == 'uplink'",
            applyOnForward: true,
            egress: [
              { action: 'Allow', ipVersion: 4 },
              { action: 'Allow', protocol: 'UDP', destination: { ports: [53, 123] } },
            ],
          }),
        ],
      }),
    },
  }),
  ...variantsOf('qos-limit-hit', 'policy', {
    '': {
      how: 'an annotation limits the pod to as many connections as its application holds open',
      inject: (plan) => ({
        script: [
          inPod(
            plan,
            '(sleep 3600 | busybox nc 2606:4700:4700::1111 80) </dev/null >/dev/null 2>&1 &',
            'n=0; until grep -q " 01 " /proc/net/tcp6; do n=$((n+1)); [ $n -lt 100 ]; sleep 0.02; done',
          ),
        ],
        edit: annotate('Pod', plan.subject.name, { 'qos.projectcalico.org/egressMaxConnections': '1' }),
      }),
    },
    'packet-rate': {
      how: "an annotation limits the pod's packets to one in a second, which its application uses up",
      inject: (plan) => ({
        edit: annotate('Pod', plan.subject.name, {
          'qos.projectcalico.org/egressPacketRate': '1',
          'qos.projectcalico.org/egressPacketBurst': '1',
        }),
        traffic: ['retries'],
      }),
    },
  }),
];
