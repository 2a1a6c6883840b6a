import type { KubeObject } from '../contract.ts';
import { object } from './object.ts';
import type { Plan } from './plan.ts';
import { netnsOf } from './topology.ts';

/** What one fault does to the healthy lab: to its packets, to its objects, or to both. */
interface Injection {
  readonly script?: readonly string[];
  readonly objects?: readonly KubeObject[];
  readonly natOutgoing6?: boolean;
}

interface Fault {
  readonly id: string;
  readonly summary: string;
  inject(plan: Plan): Injection;
}

const subjectOf = (plan: Plan) => {
  const [subject] = plan.pods;
  if (!subject) throw new Error('a plan has pods');
  return subject;
};

function networkPolicy(plan: Plan, egress: readonly unknown[]): KubeObject {
  const name = `${plan.random.pick(['restrict', 'default', 'egress', 'baseline'])}-${plan.random.suffix(4)}`;
  return object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { namespace: 'shop', name, uid: plan.random.uid() },
    {
      spec: { podSelector: { matchLabels: { app: 'checkout' } }, policyTypes: ['Egress'], egress },
    },
  );
}

function calicoPolicy(plan: Plan, egress: readonly unknown[]): KubeObject {
  return object(
    'projectcalico.org/v3',
    'NetworkPolicy',
    { namespace: 'shop', name: `egress-${plan.random.suffix(4)}`, uid: plan.random.uid() },
    {
      spec: { tier: 'default', order: 100, selector: "app == 'checkout'", types: ['Egress'], egress },
    },
  );
}

const dns = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

export const faults: readonly Fault[] = [
  {
    id: 'pod-no-default-v6-route',
    summary: 'the pod has no IPv6 default route',
    inject: (plan) => ({ script: [`ip -n ${netnsOf(subjectOf(plan))} -6 route del default`] }),
  },
  {
    id: 'pod-disable-ipv6-sysctl',
    summary: 'IPv6 was switched off inside the pod',
    inject: (plan) => ({
      script: [`ip netns exec ${netnsOf(subjectOf(plan))} sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1`],
    }),
  },
  {
    id: 'host-pod-route-missing',
    summary: 'the node has no route to the pod',
    inject: (plan) => ({ script: [`ip -n node -6 route del ${subjectOf(plan).ipv6}/128`] }),
  },
  {
    id: 'host-forwarding-disabled',
    summary: 'the node does not forward IPv6',
    inject: () => ({
      script: [
        'ip netns exec node sysctl -qw net.ipv6.conf.all.forwarding=0',
        // Changing it purges nothing static, but the kernel may take the default away with the RA routes.
        'ip -n node -6 route show default | grep -q . || ip -n node -6 route add default via fe80::1 dev eth0',
      ],
    }),
  },
  {
    id: 'node-no-default-or-global-v6',
    summary: 'the node has no IPv6 default route',
    inject: () => ({ script: ['ip -n node -6 route del default'] }),
  },
  {
    id: 'node-upstream-black-hole',
    summary: 'the network beyond the node drops its IPv6 packets',
    inject: () => ({ script: ['ip netns exec inet ip6tables-nft -A FORWARD -i n0 -j DROP'] }),
  },
  {
    id: 'natoutgoing-disabled-ula',
    summary: 'a unique local pool without natOutgoing',
    inject: () => ({ natOutgoing6: false }),
  },
  {
    id: 'k8s-np-egress-isolated-no-v6',
    summary: 'a NetworkPolicy isolates the pod and admits the cluster alone',
    inject: (plan) => ({
      objects: [
        networkPolicy(plan, [
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
  {
    id: 'k8s-np-ipv4-only-ipblock',
    summary: 'a NetworkPolicy admits 0.0.0.0/0 and forgets ::/0',
    inject: (plan) => ({ objects: [networkPolicy(plan, [dns, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }])] }),
  },
  {
    id: 'calico-policy-deny',
    summary: 'a Calico policy denies IPv6',
    inject: (plan) => ({ objects: [calicoPolicy(plan, [{ action: 'Deny', ipVersion: 6 }, { action: 'Allow' }])] }),
  },
  {
    id: 'calico-rule-ipv4-cidr-skipped-for-v6',
    summary: 'a Calico rule lists IPv4 networks alone, so it does not exist for IPv6',
    inject: (plan) => ({
      objects: [calicoPolicy(plan, [{ action: 'Allow', destination: { notNets: ['10.0.0.0/8', '192.168.0.0/16'] } }])],
    }),
  },
];

export function injectionOf(id: string | undefined, plan: Plan): Injection {
  if (id === undefined) return {};
  const fault = faults.find((each) => each.id === id);
  if (!fault) throw new Error(`no fault ${id}; there are ${faults.map((each) => each.id).join(', ')}`);
  return fault.inject(plan);
}
