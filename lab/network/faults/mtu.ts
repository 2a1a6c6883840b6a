import { variantsOf } from './entry.ts';
import { at, ip6tables, onNode } from './words.ts';

/** The link between the routers carries no more than IPv6 demands. */
export const narrowLink = [at('inet', 'ip link set r0 mtu 1280'), at('mid', 'ip link set m0 mtu 1280')];

const drop = (chain: string) => `${chain} -p ipv6-icmp -m icmp6 --icmpv6-type 2 -j DROP`;

export const mtuEntries = [
  ...variantsOf('pmtu-black-hole', 'mtu', {
    '': {
      how: 'a link outside carries 1280 bytes, and the router before it never says so',
      inject: () => ({ script: [...narrowLink, at('inet', `ip6tables-nft -A ${drop('OUTPUT')}`)] }),
    },
    'node-drops': {
      how: 'a link outside carries 1280 bytes, and the node drops the Packet Too Big that says so',
      inject: (plan) => ({
        script: [...narrowLink, onNode(plan, `${ip6tables(plan)} -t raw -I ${drop('PREROUTING')}`)],
      }),
    },
    'node-mtu': {
      how: "the uplink's MTU is below the pod's, and the node's own Packet Too Big is dropped",
      inject: (plan) => ({
        script: [
          onNode(plan, 'ip link set eth0 mtu 1280', `${ip6tables(plan)} -I ${drop('OUTPUT')}`),
          at('inet', `ip link set ${plan.subject.node.netns} mtu 1280`),
        ],
      }),
    },
  }),
];
