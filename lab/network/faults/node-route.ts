import { set } from '../topology.ts';
import { variantsOf } from './entry.ts';
import { at, onNode } from './words.ts';

export const nodeRouteEntries = [
  ...variantsOf('node-ra-default-route-lost', 'node-route', {
    '': {
      how: 'the node forwards and accepts no Router Advertisements, so the default route that it learned is gone',
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 addr change ${plan.subject.node.ipv6}/64 dev eth0 valid_lft 86000 preferred_lft 14000`,
            set(1, 'ipv6/conf/eth0/accept_ra', 'ipv6/conf/eth0/forwarding'),
            'ip -6 route del default',
          ),
        ],
      }),
    },
  }),
  ...variantsOf('node-no-default-or-global-v6', 'node-route', {
    '': {
      how: 'the node has no IPv6 default route',
      inject: (plan) => ({ script: [onNode(plan, set(0, 'ipv6/conf/eth0/accept_ra'), 'ip -6 route del default')] }),
    },
    'link-local-only': {
      how: 'the node has neither a global IPv6 address nor a default route',
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            set(0, 'ipv6/conf/eth0/accept_ra'),
            'ip -6 route del default',
            `ip -6 addr del ${plan.subject.node.ipv6}/64 dev eth0`,
          ),
        ],
      }),
    },
    unreachable: {
      how: "the node's IPv6 default route is unreachable",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            set(0, 'ipv6/conf/eth0/accept_ra'),
            'ip -6 route del default',
            'ip -6 route add unreachable default metric 1024',
          ),
        ],
      }),
    },
  }),
  ...variantsOf('node-address-dad-or-rule', 'node-route', {
    '': {
      how: "a routing rule of the node sends pods' packets to a table without a way out",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 rule add pref ${90 + plan.random.int(900)} from ${plan.pool6} lookup 66`,
            'ip -6 route add unreachable default table 66',
          ),
        ],
      }),
    },
    blackhole: {
      how: "a routing rule of the node sends pods' packets into a black hole",
      inject: (plan) => ({
        script: [
          onNode(
            plan,
            `ip -6 rule add pref ${90 + plan.random.int(900)} from ${plan.pool6} lookup 67`,
            'ip -6 route add blackhole default table 67',
          ),
        ],
      }),
    },
    duplicate: {
      how: "another host has the node's address, so duplicate address detection took it away",
      inject: (plan) => {
        const { ipv6, netns } = plan.subject.node;
        return {
          script: [
            at('inet', `ip -6 addr add ${ipv6}/128 dev br0 nodad`),
            at(
              netns,
              set(1, 'ipv6/conf/all/accept_dad', 'ipv6/conf/eth0/accept_dad'),
              set(0, 'ipv6/conf/eth0/router_solicitation_delay'),
              set(100, 'ipv6/neigh/eth0/retrans_time_ms'),
              `ip -6 addr del ${ipv6}/64 dev eth0; ip -6 addr add ${ipv6}/64 dev eth0`,
              'n=0; until ip -6 addr show dev eth0 | grep -q dadfailed; do n=$((n+1)); [ $n -lt 200 ]; sleep 0.02; done',
            ),
          ],
        };
      },
    },
  }),
];
