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
  'pod-predates-ipv6': {
    stage: 'address',
    policyIsCause: 'no',
    says: 'the pod is older than IPv6 in this cluster',
  },
  'ipv6-ipam-cannot-allocate': {
    stage: 'address',
    policyIsCause: 'no',
    says: 'Calico has no IPv6 address to give to the pod, so it never starts',
  },
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
  'pod-source-not-wep-address': {
    stage: 'pod-route',
    policyIsCause: 'no',
    says: 'the pod sends from an address that Calico did not give it',
  },
  'pod-gateway-linklocal-mismatch': {
    stage: 'gateway',
    policyIsCause: 'no',
    says: "the pod's gateway is not the address of the node's end of its link",
  },
  'host-pod-route-missing': { stage: 'gateway', policyIsCause: 'no', says: 'the node has no route back to the pod' },
  'node-ipv6-disabled': { stage: 'gateway', policyIsCause: 'no', says: 'IPv6 is switched off on the node' },
  'host-ndp-blocked': { stage: 'gateway', policyIsCause: 'no', says: 'the node drops neighbour discovery' },
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
  'node-address-dad-or-rule': {
    stage: 'node-route',
    policyIsCause: 'no',
    says: "the address of the node's uplink is a duplicate, or a routing rule leads the pod's packets elsewhere",
  },
  'node-nexthop-unreachable': {
    stage: 'upstream',
    policyIsCause: 'no',
    says: "the node's gateway does not answer neighbour discovery",
  },
  'host-forwarding-disabled': { stage: 'forwarding', policyIsCause: 'no', says: 'the node does not forward IPv6' },
  'felix-ipv6-support-off': {
    stage: 'forwarding',
    policyIsCause: 'no',
    says: "Felix's IPv6 support is off, so nothing translates IPv6 and no policy is enforced for it",
  },
  'bpf-ipv6-off-or-broken': {
    stage: 'forwarding',
    policyIsCause: 'no',
    says: 'the eBPF dataplane runs without IPv6 and drops it',
  },
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
  'admin-policy-lost-on-upgrade': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: 'an administrator policy that admitted this is no longer enforced since Calico was upgraded',
  },
  'hep-policy-on-forwarded': {
    stage: 'policy',
    policyIsCause: 'yes',
    says: "a policy of the node's host endpoint drops what is forwarded",
  },
  'qos-limit-hit': {
    stage: 'policy',
    policyIsCause: 'no',
    says: "limits in the pod's annotations stop its packets",
  },
  'kernel-table-limits': { stage: 'forwarding', policyIsCause: 'no', says: "a table of the node's kernel is full" },
  'felix-not-programmed': { stage: 'firewall', policyIsCause: 'no', says: 'Calico has written no rules for the pod' },
  'ip6tables-programming-failed': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: "Calico's IPv6 rules on the node are incomplete, or others are left beside them",
  },
  'rpf-drop-raw': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: 'a reverse path filter drops packets that come by another way than answers go',
  },
  'forward-policy-drop': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: "the node's FORWARD chain drops what Calico has accepted",
  },
  'host-firewall-reject': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: "a rule of the node's own firewall refuses what Calico lets pass",
  },
  'nft-other-table-drop': {
    stage: 'firewall',
    policyIsCause: 'no',
    says: "another table than Calico's drops forwarded packets",
  },
  'overlay-v6-broken': { stage: 'overlay', policyIsCause: 'no', says: 'the tunnel between nodes carries no IPv6' },
  'node-ipv6-autodetect-wrong': {
    stage: 'overlay',
    policyIsCause: 'no',
    says: 'Calico has detected a wrong IPv6 address for a node, or none',
  },
  'bgp-v6-nexthop-or-session': {
    stage: 'overlay',
    policyIsCause: 'no',
    says: 'BGP does not route the pods of other nodes',
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
  'infra-source-filter': {
    stage: 'translation',
    policyIsCause: 'no',
    says: "the infrastructure drops packets whose source is not the node's own address",
  },
  'masquerade-skipped-dest-in-pool': {
    stage: 'translation',
    policyIsCause: 'no',
    says: 'an IPPool holds the destination, so packets to it are not translated',
  },
  'masquerade-source-unroutable': {
    stage: 'translation',
    policyIsCause: 'no',
    says: 'packets are translated to an address that no reply can find',
  },
  'felix-nat-config-breaks-v6': {
    stage: 'translation',
    policyIsCause: 'no',
    says: "a setting of Felix's keeps IPv6 packets from being translated",
  },
  'cloud-v6-egress-missing': {
    stage: 'upstream',
    policyIsCause: 'no',
    says: "a part of the cloud's IPv6 way out is missing",
  },
  'node-upstream-black-hole': {
    stage: 'upstream',
    policyIsCause: 'no',
    says: 'the network beyond the node does not carry its IPv6 packets',
  },
  'pmtu-black-hole': {
    stage: 'mtu',
    policyIsCause: 'no',
    says: 'packets of full size are lost and nothing says so',
  },
  'dns-no-aaaa': {
    stage: 'dns',
    policyIsCause: 'no',
    says: 'the name has no IPv6 address for the pod',
  },
  'aaaa-on-ipv4-only-pod': {
    stage: 'dns',
    policyIsCause: 'no',
    says: 'the name has an IPv6 address and the pod has IPv4 only',
  },
  'resolver-wrong-family': {
    stage: 'dns',
    policyIsCause: 'no',
    says: "the pod's name servers are of a family that it has no address of",
  },
  'dns-blocked-by-policy': {
    stage: 'dns',
    policyIsCause: 'yes',
    says: "a policy blocks the pod's way to its name servers",
  },
  'app-prefers-or-forces-ipv4': {
    stage: 'application',
    policyIsCause: 'no',
    says: "the pod's own settings force its applications to IPv4",
  },
  'mesh-drops-v6': {
    stage: 'application',
    policyIsCause: 'no',
    says: "rules inside the pod, such as a service mesh's, take its packets away",
  },
} as const satisfies Record<string, Cause>;

export type CauseId = keyof typeof causes;
