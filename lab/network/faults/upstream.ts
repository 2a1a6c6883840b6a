import type { Plan } from '../plan.ts';
import { set } from '../topology.ts';
import { notInjectable, variantsOf } from './entry.ts';
import { at, onNode } from './words.ts';

const anchors = ['2001:4860:4860::8888', '2606:4700:4700::1111'];

/** A second leg between the two routers; flows are spread by their ports. */
export function secondLeg(isDead: boolean): string[] {
  return [
    'ip link add r1 index 92 netns inet type veth peer name m2 index 93 netns mid',
    at(
      'mid',
      set(0, 'ipv6/conf/m2/accept_dad'),
      'ip link set m2 up',
      'ip -6 addr add 2001:db8:fffd::2/64 dev m2 nodad',
      ...(isDead ? ['ip6tables-nft -A FORWARD -i m2 -j DROP'] : []),
    ),
    at(
      'inet',
      set(0, 'ipv6/conf/r1/accept_dad'),
      // By ports too, and by nothing that a repeated SYN changes: it must not take the other leg.
      set(3, 'ipv6/fib_multipath_hash_policy'),
      set(55, 'ipv6/fib_multipath_hash_fields'),
      'ip link set r1 up; ip -6 addr add 2001:db8:fffd::1/64 dev r1 nodad',
      ...anchors.map(
        (each) => `ip -6 route replace ${each} nexthop via 2001:db8:ffff::2 dev r0 nexthop via 2001:db8:fffd::2 dev r1`,
      ),
    ),
  ];
}

export const deadGateway = (plan: Plan) =>
  onNode(plan, 'ip -6 route replace default via fe80::dead:1 dev eth0 metric 1024');

export const upstreamEntries = [
  ...variantsOf('node-nexthop-unreachable', 'upstream', {
    '': {
      how: "the node's default route names a gateway that does not exist",
      inject: (plan) => ({ script: [deadGateway(plan)] }),
    },
    'no-answer': {
      how: "the node's gateway drops neighbour solicitations",
      inject: (plan) => ({
        script: [
          at('inet', 'ip6tables-nft -I INPUT 1 -i br0 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j DROP'),
          onNode(plan, 'ip -6 neigh flush dev eth0 2>/dev/null || true'),
        ],
      }),
    },
  }),
  ...variantsOf('node-upstream-black-hole', 'upstream', {
    '': {
      how: 'the network beyond the node drops its IPv6 packets',
      inject: () => ({ script: [at('inet', 'ip6tables-nft -A FORWARD -i br0 -j DROP')] }),
    },
    far: {
      how: 'a router two hops away drops IPv6 packets',
      inject: () => ({ script: [at('mid', 'ip6tables-nft -A FORWARD -i m0 -j DROP')], traffic: ['strangers'] }),
    },
    prohibited: {
      how: 'a router outside rejects IPv6 packets as administratively prohibited',
      inject: () => ({
        script: [at('inet', 'ip6tables-nft -A FORWARD -i br0 -j REJECT --reject-with icmp6-adm-prohibited')],
      }),
    },
    reset: {
      how: 'a firewall outside answers every IPv6 connection with a reset',
      inject: () => ({
        script: [at('mid', 'ip6tables-nft -A FORWARD -i m0 -p tcp -j REJECT --reject-with tcp-reset')],
      }),
    },
    'no-route': {
      how: 'a router outside has no route to the destinations and says so',
      inject: () => ({ script: [at('mid', ...anchors.map((each) => `ip -6 route del ${each}`))] }),
    },
    'dead-leg': {
      how: 'one of two equal paths outside is dead, so about half of all connections are lost',
      inject: () => ({ script: secondLeg(true) }),
    },
  }),
  notInjectable(
    'cloud-v6-egress-missing',
    'upstream',
    "a cloud's route tables and security groups are outside the cluster; from within it looks like node-upstream-black-hole",
  ),
];
