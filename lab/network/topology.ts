import type { Anchor } from '../contract.ts';
import type { Plan, PodPlan } from './plan.ts';

export const netnsOf = (pod: Pick<PodPlan, 'namespace' | 'name'>) => `pod-${pod.namespace}-${pod.name}`;

const hostMac = 'ee:ee:ee:ee:ee:ee';
/** What the kernel derives from that MAC: the pods' gateway. */
export const gateway = 'fe80::ecee:eeff:feee:eeee';

/** The outside: a router, and one host that carries every anchor's addresses. */
function outside(plan: Plan, anchors: readonly Anchor[]): string[] {
  return [
    'ip netns add inet; ip netns add srv; ip netns add node',
    'for ns in inet srv node; do ip -n $ns link set lo up; done',
    'ip netns exec inet sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0',
    'ip netns exec srv sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.bindv6only=0',
    'ip netns exec node sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0',
    'ip link add r0 netns inet type veth peer name eth0 netns srv',
    'ip -n inet addr add 2001:db8:ffff::1/64 dev r0 nodad; ip -n inet addr add 198.51.100.1/24 dev r0; ip -n inet link set r0 up',
    'ip -n srv addr add 2001:db8:ffff::2/64 dev eth0 nodad; ip -n srv addr add 198.51.100.2/24 dev eth0; ip -n srv link set eth0 up',
    'ip -n srv -6 route add default via 2001:db8:ffff::1; ip -n srv route add default via 198.51.100.1',
    ...anchors.flatMap(({ ipv6, ipv4 }) => [
      `ip -n srv addr add ${ipv6}/128 dev lo nodad; ip -n srv addr add ${ipv4}/32 dev lo`,
      `ip -n inet -6 route add ${ipv6}/128 via 2001:db8:ffff::2; ip -n inet route add ${ipv4}/32 via 198.51.100.2`,
    ]),
    `ip link add n0 netns inet type veth peer name eth0 netns node`,
    `ip -n inet link set n0 mtu ${plan.uplinkMtu}; ip -n node link set eth0 mtu ${plan.uplinkMtu}`,
    `ip -n inet addr add fe80::1/64 dev n0 nodad; ip -n inet addr add ${plan.nodePrefix.replace('::/64', '::1')}/64 dev n0 nodad`,
    'ip -n inet addr add 192.0.2.1/24 dev n0; ip -n inet link set n0 up',
    'mkdir -p /run/empty; ip netns exec srv busybox httpd -p 443 -h /run/empty',
  ];
}

function node(plan: Plan): string[] {
  const bits = plan.block6.replace('/122', '');
  return [
    'ip netns exec node sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.forwarding=1 net.ipv4.ip_forward=1',
    `ip -n node addr add ${plan.nodeIPv6}/64 dev eth0 nodad; ip -n node addr add ${plan.nodeIPv4}/24 dev eth0`,
    'ip -n node link set eth0 up',
    'ip -n node -6 route add default via fe80::1 dev eth0; ip -n node route add default via 192.0.2.1',
    `ip -n node link add vxlan-v6.calico mtu ${plan.uplinkMtu - 70} type vxlan id 4096 dstport 4789 local ${plan.nodeIPv6} nolearning`,
    `ip -n node addr add ${plan.vxlanIPv6}/128 dev vxlan-v6.calico nodad; ip -n node link set vxlan-v6.calico up`,
    `ip -n node -6 route add blackhole ${bits}/122 proto 80`,
  ];
}

/** In the order of Calico's CNI plugin: cni-plugin/pkg/dataplane/linux/dataplane_linux.go. */
function pod(plan: Plan, each: PodPlan): string[] {
  const ns = netnsOf(each);
  const { veth, ipv4, ipv6 } = each;
  const mtu = plan.uplinkMtu - 70;
  const inside = `ip -n ${ns}`;
  return [
    `ip netns add ${ns}; ${inside} link set lo up`,
    `ip netns exec ${ns} sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0`,
    `ip link add ${veth} mtu ${mtu} netns node type veth peer name eth0 mtu ${mtu} netns ${ns}`,
    `ip -n node link set ${veth} address ${hostMac}`,
    `ip netns exec node sysctl -qw net.ipv6.conf.${veth}.accept_dad=0 net.ipv6.conf.${veth}.accept_ra=0 net.ipv6.conf.${veth}.proxy_ndp=1 net.ipv4.conf.${veth}.proxy_arp=1 net.ipv4.neigh.${veth}.proxy_delay=0`,
    `ip -n node link set ${veth} up; ${inside} link set eth0 up`,
    `${inside} addr add ${ipv4}/32 dev eth0; ${inside} route add 169.254.1.1 dev eth0 scope link; ${inside} route add default via 169.254.1.1`,
    `ip -n node route add ${ipv4}/32 dev ${veth} scope link`,
    ...(ipv6
      ? [
          `${inside} addr add ${ipv6}/128 dev eth0 nodad; ${inside} -6 route add default via ${gateway} dev eth0 metric 1024`,
          `ip -n node -6 route add ${ipv6}/128 dev ${veth} metric 1024`,
        ]
      : [`ip netns exec ${ns} sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1`]),
  ];
}

/** Raw and nat tables, which no policy changes. */
function fixedTables(plan: Plan, natOutgoing6: boolean): string[] {
  const raw = (comment: string) =>
    `*raw\\n:cali-PREROUTING - [0:0]\\n-A PREROUTING -j cali-PREROUTING\\n-A cali-PREROUTING -i cali+ -m rpfilter --validmark --invert ${comment} -j DROP\\nCOMMIT\\n`;
  const nat = (all: string, masq: string) =>
    `*nat\\n:cali-POSTROUTING - [0:0]\\n:cali-nat-outgoing - [0:0]\\n-A POSTROUTING -j cali-POSTROUTING\\n-A cali-POSTROUTING -j cali-nat-outgoing\\n-A cali-nat-outgoing -m set --match-set ${masq} src -m set ! --match-set ${all} dst -j MASQUERADE --random-fully\\nCOMMIT\\n`;
  const inNode = 'ip netns exec node';
  const rpfComment = '-m comment --comment rpfilter';
  return [
    `${inNode} ipset create cali60all-ipam-pools hash:net family inet6; ${inNode} ipset create cali60masq-ipam-pools hash:net family inet6`,
    `${inNode} ipset create cali40all-ipam-pools hash:net; ${inNode} ipset create cali40masq-ipam-pools hash:net`,
    `${inNode} ipset add cali60all-ipam-pools ${plan.pool6}; ${inNode} ipset add cali40all-ipam-pools ${plan.pool4}; ${inNode} ipset add cali40masq-ipam-pools ${plan.pool4}`,
    ...(natOutgoing6 ? [`${inNode} ipset add cali60masq-ipam-pools ${plan.pool6}`] : []),
    `printf '${raw(rpfComment)}${natOutgoing6 ? nat('cali60all-ipam-pools', 'cali60masq-ipam-pools') : ''}' | ${inNode} ip6tables-nft-restore`,
    `printf '${nat('cali40all-ipam-pools', 'cali40masq-ipam-pools')}' | ${inNode} iptables-nft-restore`,
  ];
}

/** One shell script that builds everything, run inside the lab's own namespaces. */
export function topologyScript(plan: Plan, anchors: readonly Anchor[], natOutgoing6: boolean): string {
  return [
    'set -e',
    ...outside(plan, anchors),
    ...node(plan),
    ...plan.pods.flatMap((each) => pod(plan, each)),
    ...fixedTables(plan, natOutgoing6),
  ].join('\n');
}
