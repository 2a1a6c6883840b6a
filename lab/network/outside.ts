import type { Anchor } from '../contract.ts';
import type { Plan } from './plan.ts';
import { type Section, set, type Wire } from './topology.ts';

/** Where names are asked that the cluster's DNS does not know. */
export const outsideDns = { ipv6: '2001:db8:cafe::53', ipv4: '203.0.113.53' };

const link = {
  inetToMid: { inet: '2001:db8:ffff::1', mid: '2001:db8:ffff::2', inet4: '198.51.100.1', mid4: '198.51.100.2' },
  midToSrv: { mid: '2001:db8:fffe::1', srv: '2001:db8:fffe::2', mid4: '198.51.100.5', srv4: '198.51.100.6' },
};

/** Two routers in a row, because a Packet Too Big can be lost on either side of the one that sends it. */
export function outsideWires({ uplinkMtu, nodes }: Plan): Wire[] {
  return [
    ['r0 netns inet', 'm0 netns mid'],
    ['m1 netns mid', 'eth0 netns srv'],
    ...nodes.map(({ netns }): Wire => [`${netns} mtu ${uplinkMtu} netns inet`, `eth0 mtu ${uplinkMtu} netns ${netns}`]),
  ];
}

export function outsideSections(plan: Plan, anchors: readonly Anchor[]): Section[] {
  const { inetToMid, midToSrv } = link;
  const routes = anchors.flatMap(({ ipv6, ipv4 }) => [ipv6, ipv4]).concat(outsideDns.ipv6, outsideDns.ipv4);
  const via = (address: string, six: string, four: string) =>
    `route add ${address} via ${address.includes(':') ? six : four}`;
  const forwarding = [set(1, 'ipv6/conf/all/forwarding', 'ipv4/ip_forward')];
  const isGlobal = plan.shape.addressing === 'gua';
  return [
    {
      netns: 'inet',
      settings: forwarding,
      ip: [
        'link set lo up',
        'link add br0 type bridge',
        ...plan.nodes.map(({ netns }) => `link set ${netns} master br0 up`),
        'link set br0 up',
        'addr add fe80::1/64 dev br0 nodad',
        `addr add ${plan.nodePrefix.replace('::/64', '::1')}/64 dev br0 nodad`,
        'addr add 192.0.2.1/24 dev br0',
        `addr add ${inetToMid.inet}/64 dev r0 nodad`,
        `addr add ${inetToMid.inet4}/30 dev r0`,
        'link set r0 up',
        ...routes.map((address) => via(address, inetToMid.mid, inetToMid.mid4)),
        ...(isGlobal ? plan.nodes.map(({ block6, ipv6 }) => `route add ${block6} via ${ipv6}`) : []),
      ],
    },
    {
      netns: 'mid',
      settings: forwarding,
      ip: [
        'link set lo up',
        `addr add ${inetToMid.mid}/64 dev m0 nodad`,
        `addr add ${inetToMid.mid4}/30 dev m0`,
        `addr add ${midToSrv.mid}/64 dev m1 nodad`,
        `addr add ${midToSrv.mid4}/30 dev m1`,
        'link set m0 up',
        'link set m1 up',
        ...routes.map((address) => via(address, midToSrv.srv, midToSrv.srv4)),
        via(plan.nodePrefix, inetToMid.inet, inetToMid.inet4),
        via('192.0.2.0/24', inetToMid.inet, inetToMid.inet4),
        ...(isGlobal ? [via(plan.pool6, inetToMid.inet, inetToMid.inet4)] : []),
      ],
    },
    {
      netns: 'srv',
      settings: [],
      ip: [
        'link set lo up',
        // Segments as large as the link: a large one would pass a small link unnoticed.
        'link set eth0 gso_max_segs 1 up',
        `addr add ${midToSrv.srv}/64 dev eth0 nodad`,
        `addr add ${midToSrv.srv4}/30 dev eth0`,
        ...routes.map(
          (address) =>
            `addr add ${address}/${address.includes(':') ? '128' : '32'} dev lo${address.includes(':') ? ' nodad' : ''}`,
        ),
        `route add default via ${midToSrv.mid}`,
        `route add default via ${midToSrv.mid4}`,
      ],
    },
  ];
}
