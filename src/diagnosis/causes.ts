import type { Stage } from './stages.ts';

interface Cause {
  readonly stage: Stage;
  /** Completes the sentence "IPv6 egress is broken: …". */
  readonly says: string;
  /** Whether an egress policy is what stops the packet; `conditional` needs the evaluator's answer. */
  readonly policyIsCause: 'yes' | 'no';
}

/** Every fault that a check can name. Ids are public: they appear in reports, pages and other people's scripts. */
export const causes = {
  'pod-ipv6-not-requested': { stage: 'address', policyIsCause: 'no', says: 'the pod was never given an IPv6 address' },
  'podips-status-missing-ipv6': {
    stage: 'address',
    policyIsCause: 'no',
    says: 'Calico assigned an IPv6 address that the kubelet does not publish, so the node does not route it',
  },
  'pod-disable-ipv6-sysctl': { stage: 'address', policyIsCause: 'no', says: 'IPv6 was switched off inside the pod' },
  'pod-mtu-below-1280': {
    stage: 'address',
    policyIsCause: 'no',
    says: "the pod's interface has an MTU below 1280, which removes IPv6 from it",
  },
  'pod-no-default-v6-route': { stage: 'pod-route', policyIsCause: 'no', says: 'the pod has no IPv6 default route' },
  'pod-gateway-linklocal-mismatch': {
    stage: 'gateway',
    policyIsCause: 'no',
    says: "the pod's gateway is not the address of the node's end of its link",
  },
  'host-pod-route-missing': { stage: 'gateway', policyIsCause: 'no', says: 'the node has no route back to the pod' },
  'node-ra-default-route-lost': {
    stage: 'node-route',
    policyIsCause: 'no',
    says: 'the node lost the default route that it learned from Router Advertisements',
  },
  'node-no-default-or-global-v6': {
    stage: 'node-route',
    policyIsCause: 'no',
    says: 'the node has no IPv6 default route',
  },
  'node-nexthop-unreachable': {
    stage: 'upstream',
    policyIsCause: 'no',
    says: "the node's gateway does not answer neighbour discovery",
  },
  'host-forwarding-disabled': { stage: 'forwarding', policyIsCause: 'no', says: 'the node does not forward IPv6' },
  'k8s-np-egress-isolated-no-v6': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: 'a Kubernetes NetworkPolicy isolates the pod and no rule admits the IPv6 destination',
  },
  'k8s-np-ipv4-only-ipblock': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: 'a Kubernetes NetworkPolicy admits IPv4 addresses only',
  },
  'calico-policy-deny': { stage: 'policy', policyIsCause: 'yes', says: 'a Calico policy denies the destination' },
  'calico-rule-ipv4-cidr-skipped-for-v6': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: 'a Calico rule lists IPv4 networks only, so it does not exist for IPv6',
  },
  'tier-default-deny': { stage: 'policy', policyIsCause: 'yes', says: 'a tier ends with Deny before the default tier' },
  'admin-policy-deny': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: 'an administrator policy denies the destination',
  },
  'forward-policy-drop': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: "the node's FORWARD chain drops what Calico has accepted",
  },
  'natoutgoing-disabled-ula': {
    stage: 'translation',
    policyIsCause: 'no',
    says: 'the pod sends from a unique local address that nothing translates',
  },
  'pod-gua-not-routed-back': {
    stage: 'translation',
    policyIsCause: 'no',
    says: "the network outside has no route back to the pod's address",
  },
  'node-upstream-black-hole': {
    stage: 'upstream',
    policyIsCause: 'no',
    says: 'the network beyond the node does not carry its IPv6 packets',
  },
} as const satisfies Record<string, Cause>;

export type CauseId = keyof typeof causes;
