import { set } from '../topology.ts';
import type { Entry, Healthy } from './entry.ts';
import { healthyPolicies } from './healthy-policies.ts';
import { narrowLink } from './mtu.ts';
import { secondLeg } from './upstream.ts';
import { at, inPod, ip6tables, onNode } from './words.ts';

/** What looks odd and is fine: a verdict other than `reachable` is a false alarm. */
const variants: Readonly<Record<string, Healthy>> = {
  plain: { stage: 'address', how: 'nothing at all is wrong', inject: () => ({}) },
  'proxy-ndp-off': {
    stage: 'gateway',
    how: "proxy_ndp is 0 on the pod's link: its gateway is a real address",
    inject: (plan) => ({ script: [onNode(plan, set(0, `ipv6/conf/${plan.subject.veth}/proxy_ndp`))] }),
  },
  'interface-forwarding-off': {
    stage: 'forwarding',
    how: 'forwarding is 0 on single interfaces, and 1 for all',
    inject: (plan) => ({
      script: [
        onNode(
          plan,
          set(0, 'ipv6/conf/eth0/forwarding', `ipv6/conf/${plan.subject.veth}/forwarding`),
          'ip -6 route show default | grep -q . || ip -6 route add default via fe80::1 dev eth0',
        ),
      ],
    }),
  },
  'mtu-1280': {
    stage: 'mtu',
    how: 'a link outside carries 1280 bytes and every Packet Too Big arrives',
    inject: () => ({ script: narrowLink }),
  },
  'docker-forward-drop': {
    stage: 'firewall',
    how: "Docker's policy on FORWARD is DROP, and Calico's own rule accepts before it",
    shape: { backend: 'nft' },
    inject: (plan) => ({ script: [onNode(plan, `${ip6tables(plan)} -P FORWARD DROP`)] }),
  },
  'empty-neighbours': {
    stage: 'gateway',
    how: 'neither the pod nor its node has a neighbour entry yet',
    inject: (plan) => ({
      script: [
        inPod(plan, 'ip -6 neigh flush dev eth0 2>/dev/null || true'),
        onNode(plan, `ip -6 neigh flush dev eth0 2>/dev/null || true`),
      ],
    }),
  },
  'gua-routed-back': {
    stage: 'translation',
    how: 'global pod addresses are not translated, and the network outside routes them back',
    shape: { addressing: 'gua' },
    inject: () => ({}),
  },
  nftables: {
    stage: 'firewall',
    how: 'Calico writes its own nftables table',
    shape: { backend: 'nftables' },
    inject: () => ({}),
  },
  legacy: { stage: 'firewall', how: 'Calico writes legacy tables', shape: { backend: 'legacy' }, inject: () => ({}) },
  'empty-other-tables': {
    stage: 'firewall',
    how: 'the other packet filter has tables as well, and nothing in them but policies that accept',
    shape: { backend: 'nft' },
    inject: (plan) => ({
      script: [onNode(plan, 'ip6tables-legacy -t raw -S >/dev/null; ip6tables-legacy -S >/dev/null')],
    }),
  },
  'ipv6-only': { stage: 'address', how: 'the cluster has no IPv4', shape: { family: 'ipv6' }, inject: () => ({}) },
  'lo-down': {
    stage: 'pod-route',
    how: "the pod's loopback interface is down",
    inject: (plan) => ({ script: [inPod(plan, 'ip link set lo down')] }),
  },
  'advertised-default': {
    stage: 'node-route',
    how: "the node's default route was advertised and is kept: accept_ra is 2",
    inject: (plan) => ({
      script: [
        onNode(
          plan,
          set(2, 'ipv6/conf/eth0/accept_ra'),
          'ip -6 route del default; ip -6 route add default via fe80::1 dev eth0 proto ra metric 1024 expires 1700',
        ),
      ],
    }),
  },
  'userspace-advertisements': {
    stage: 'node-route',
    how: 'systemd-networkd handles advertisements: accept_ra is 0, and the default route is there',
    inject: (plan) => ({
      script: [
        onNode(
          plan,
          set(0, 'ipv6/conf/eth0/accept_ra'),
          'ip -6 route del default; ip -6 route add default via fe80::1 dev eth0 proto ra metric 512',
        ),
      ],
    }),
  },
  bird: {
    stage: 'overlay',
    how: 'BIRD exchanges routes and there is no tunnel',
    shape: { routing: 'bird' },
    inject: () => ({}),
  },
  'kernel-mac': {
    stage: 'gateway',
    how: "the node's end of the pod's link kept the kernel's MAC, and the pod's gateway is that address",
    inject: (plan) => {
      const mac = `52:54:00:${plan.random.hex(2)}:${plan.random.hex(2)}:0a`;
      const [, , , d = '', e = '', f = ''] = mac.split(':');
      const own = `fe80::5054:ff:fe${d}:${e}${f}`;
      const { veth, ipv6, ipv4 } = plan.subject;
      return {
        script: [
          onNode(
            plan,
            `ip link set ${veth} down; ip link set ${veth} address ${mac}; ip link set ${veth} up`,
            `ip -6 route replace ${ipv6}/128 dev ${veth} metric 1024${ipv4 ? `; ip route replace ${ipv4}/32 dev ${veth} scope link` : ''}`,
          ),
          inPod(plan, `ip -6 route replace default via ${own} dev eth0 metric 1024`),
        ],
      };
    },
  },
  'two-legs': {
    stage: 'upstream',
    how: 'the outside has two equal paths and both are well',
    inject: () => ({ script: secondLeg(false) }),
  },
  'ipv4-lost': {
    stage: 'upstream',
    how: 'IPv4 is broken outside, and IPv6 is not',
    inject: () => ({ script: [at('inet', 'iptables-nft -A FORWARD -i br0 -j DROP')] }),
  },
};

export const healthyEntries: readonly Entry[] = Object.entries({ ...variants, ...healthyPolicies }).map(
  ([name, variant]) => ({
    id: `healthy-${name}`,
    cause: null,
    kind: 'healthy',
    ...variant,
  }),
);
