import type { NodePlan, Plan, PodPlan } from './plan.ts';
import { netnsOf, type Section, set, type Wire } from './topology.ts';

const hostMac = 'ee:ee:ee:ee:ee:ee';

/** What the kernel derives from that MAC: the pods' gateway. */
export const gateway = 'fe80::ecee:eeff:feee:eeee';

export function podWire({ podMtu }: Plan, pod: PodPlan): Wire {
  const near = `${pod.veth} netns ${pod.node.netns} address ${hostMac} mtu ${podMtu}`;
  return [near, `eth0 mtu ${podMtu} netns ${netnsOf(pod)}`];
}

/** In the order of Calico's CNI plugin: cni-plugin/pkg/dataplane/linux/dataplane_linux.go. */
export function podSection(pod: PodPlan): Section {
  const { ipv4, ipv6 } = pod;
  return {
    netns: netnsOf(pod),
    // A pod without an address keeps what the kernel made of the node's settings.
    settings: ipv6 ? [] : [set(1, 'ipv6/conf/eth0/disable_ipv6')],
    ip: [
      'link set lo up',
      'link set eth0 gso_max_segs 1 up',
      ...(ipv4
        ? [
            `addr add ${ipv4}/32 dev eth0`,
            'route add 169.254.1.1 dev eth0 scope link',
            'route add default via 169.254.1.1',
          ]
        : []),
      ...(ipv6 ? [`addr add ${ipv6}/128 dev eth0 nodad`, `route add default via ${gateway} dev eth0 metric 1024`] : []),
    ],
  };
}

/** The node's ends, and the routes to its pods. */
export function hostEnds(plan: Plan, node: NodePlan): Pick<Section, 'settings' | 'ip'> {
  const pods = plan.pods.filter((pod) => pod.node.netns === node.netns);
  return {
    settings: [
      'for c in /proc/sys/net/ipv6/conf/cali*; do echo 0 >$c/accept_ra; echo 1 >$c/proxy_ndp; done',
      'for c in /proc/sys/net/ipv4/conf/cali*; do echo 1 >$c/proxy_arp; echo 0 >/proc/sys/net/ipv4/neigh/${c##*/}/proxy_delay; done',
    ],
    ip: pods.flatMap(({ veth, ipv4, ipv6 }) => [
      `link set ${veth} up`,
      ...(ipv4 ? [`route add ${ipv4}/32 dev ${veth} scope link`] : []),
      ...(ipv6 ? [`route add ${ipv6}/128 dev ${veth} metric 1024`] : []),
    ]),
  };
}
