import type { Plan } from '../plan.ts';
import { gateway } from '../pods.ts';
import { set } from '../topology.ts';
import { variantsOf } from './entry.ts';
import { at, inPod, ip6tables, onNode } from './words.ts';

/** A second uplink that has the node's default route, while the outside sends replies to the first. */
export function secondUplink(plan: Plan): string[] {
  const prefix = '2001:db8:2222';
  const { netns } = plan.subject.node;
  return [
    `ip link add ${netns}-b index 90 netns inet type veth peer name eth1 index 91 netns ${netns}`,
    at(
      'inet',
      `${set(0, `ipv6/conf/${netns}-b/accept_dad`)}`,
      `ip link set ${netns}-b up`,
      `ip -6 addr add ${prefix}::1/64 dev ${netns}-b nodad`,
    ),
    at('mid', `ip -6 route add ${prefix}::/64 via 2001:db8:ffff::1`),
    at(
      netns,
      'ip link set eth1 up',
      `ip -6 addr add ${prefix}::10/64 dev eth1 nodad`,
      'ip -6 route del default',
      `ip -6 route add default via ${prefix}::1 dev eth1`,
    ),
  ];
}

const restoreRoutes = ({ subject }: Plan) => [
  `ip -6 route replace ${subject.ipv6}/128 dev ${subject.veth} metric 1024`,
  ...(subject.ipv4 ? [`ip route replace ${subject.ipv4}/32 dev ${subject.veth} scope link`] : []),
];

const remac = (plan: Plan) => [
  `ip link set ${plan.subject.veth} down`,
  `ip link set ${plan.subject.veth} address 02:${plan.random.hex(2)}:${plan.random.hex(2)}:aa:bb:01`,
  `ip link set ${plan.subject.veth} up`,
  ...restoreRoutes(plan),
];

const firewalld = `nft -f - <<'NFT'
table inet firewalld {
  chain mangle_PREROUTING {
    type filter hook prerouting priority mangle + 10; policy accept;
    icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
    meta nfproto ipv6 fib saddr . mark . iif oif missing counter drop
  }
}
NFT`;

export const gatewayEntries = [
  ...variantsOf('pod-gateway-linklocal-mismatch', 'gateway', {
    '': {
      how: "the node's end of the pod's link has another MAC, so another link-local address than the pod's gateway",
      inject: (plan) => ({ script: [onNode(plan, ...remac(plan))] }),
    },
    'address-removed': {
      how: "the node's end of the pod's link lost its link-local address",
      inject: (plan) => ({ script: [onNode(plan, `ip -6 addr del ${gateway}/64 dev ${plan.subject.veth}`)] }),
    },
    'stale-default': {
      how: "the pod's default route names a link-local address that its node never had",
      inject: (plan) => ({
        script: [inPod(plan, `ip -6 route replace default via fe80::${plan.random.hex(3)}a:1 dev eth0 metric 1024`)],
      }),
    },
  }),
  ...variantsOf('host-pod-route-missing', 'gateway', {
    '': {
      how: 'the node has no route to the pod',
      inject: (plan) => ({ script: [onNode(plan, `ip -6 route del ${plan.subject.ipv6}/128`)] }),
    },
    'wrong-interface': {
      how: "the node's route to the pod leads to another pod's interface",
      inject: (plan) => {
        const other = plan.pods.find(({ node, app, ipv6 }) => node === plan.subject.node && app === 'payments' && ipv6);
        return {
          script: [
            onNode(
              plan,
              `ip -6 route del ${plan.subject.ipv6}/128`,
              `ip -6 route add ${plan.subject.ipv6}/128 dev ${other?.veth} metric 1024`,
            ),
          ],
        };
      },
    },
    uplink: {
      how: "another agent routes the pod's address out of the uplink",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 route del ${plan.subject.ipv6}/128`,
            `ip -6 route add ${plan.subject.ipv6}/128 via fe80::1 dev eth0 metric 1024`,
          ),
        ],
      }),
    },
  }),
  ...variantsOf('node-ipv6-disabled', 'gateway', {
    '': {
      how: "hardening switched IPv6 off on the node's end of the pod's link",
      inject: (plan) => ({
        script: [onNode(plan, set(1, 'ipv6/conf/default/disable_ipv6', `ipv6/conf/${plan.subject.veth}/disable_ipv6`))],
      }),
    },
    'node-wide': {
      how: 'hardening switched IPv6 off on the whole node',
      inject: (plan) => ({ script: [onNode(plan, set(1, 'ipv6/conf/all/disable_ipv6'))] }),
    },
  }),
  ...variantsOf('host-ndp-blocked', 'gateway', {
    '': {
      how: "the node's INPUT chain drops neighbour solicitations, also those of its pods",
      inject: (plan) => ({
        script: [onNode(plan, `${ip6tables(plan)} -I INPUT 1 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j DROP`)],
      }),
    },
    uplink: {
      how: "the node's INPUT chain drops neighbour advertisements of its own gateway",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `${ip6tables(plan)} -I INPUT 1 -i eth0 -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP`,
            'ip -6 neigh flush dev eth0 2>/dev/null || true',
          ),
        ],
      }),
    },
  }),
  ...variantsOf('rpf-drop-raw', 'firewall', {
    '': {
      how: 'the default route is on a second uplink, and firewalld drops replies that come back by the first',
      shape: { addressing: 'gua' },
      inject: (plan) => ({ script: [...secondUplink(plan), onNode(plan, firewalld)] }),
    },
    ip6tables: {
      how: 'the default route is on a second uplink, and a rule in the raw table drops replies that come back by the first',
      shape: { addressing: 'gua' },
      inject: (plan) => ({
        script: [
          ...secondUplink(plan),
          onNode(plan, `${ip6tables(plan)} -t raw -A PREROUTING -i eth0 -m rpfilter --invert -j DROP`),
        ],
      }),
    },
  }),
];
