import { birdStatus } from '../bird.ts';
import type { Plan } from '../plan.ts';
import { variantsOf } from './entry.ts';
import { annotate, at, edits, ip6tables, onNode, setCalicoNode } from './words.ts';

/** What is on the other node: its pod of the cluster's DNS. */
const across = ({ dnsPod }: Plan) => `[${dnsPod.ipv6}]:53`;
const peerOf = ({ nodes }: Plan) => nodes[1];
const device = 'vxlan-v6.calico';

export const overlayEntries = [
  ...variantsOf('overlay-v6-broken', 'overlay', {
    '': {
      how: 'the other node drops VXLAN packets, so no pod of this node reaches a pod of that one',
      inject: (plan) => ({
        script: [at(peerOf(plan).netns, `${ip6tables(plan)} -I INPUT 1 -p udp -m udp --dport 4789 -j DROP`)],
        destination: across(plan),
      }),
    },
    fdb: {
      how: "the tunnel device does not know which node has its peer's MAC",
      inject: (plan) => ({
        script: [onNode(plan, `bridge fdb del ${peerOf(plan).tunnelMac} dev ${device} dst ${peerOf(plan).ipv6}`)],
        destination: across(plan),
      }),
    },
    neighbour: {
      how: "the tunnel device has no MAC for its peer's address",
      inject: (plan) => ({
        script: [onNode(plan, `ip -6 neigh del ${peerOf(plan).vxlan6} dev ${device}`)],
        destination: across(plan),
      }),
    },
    'link-down': {
      how: 'the tunnel device is down',
      inject: (plan) => ({ script: [onNode(plan, `ip link set ${device} down`)], destination: across(plan) }),
    },
    route: {
      how: "the route to the other node's block is missing",
      inject: (plan) => ({
        script: [onNode(plan, `ip -6 route del ${peerOf(plan).block6}`)],
        destination: across(plan),
      }),
    },
  }),
  ...variantsOf('node-ipv6-autodetect-wrong', 'overlay', {
    '': {
      how: 'calico-node of the other node detected an address that nobody can reach, and tunnels lead there',
      inject: (plan) => {
        const wrong = `fd42:${plan.random.hex(4)}::20`;
        const { tunnelMac, ipv6, name } = peerOf(plan);
        return {
          script: [
            onNode(
              plan,
              `bridge fdb del ${tunnelMac} dev ${device} dst ${ipv6}`,
              `bridge fdb append ${tunnelMac} dev ${device} dst ${wrong}`,
            ),
          ],
          edit: annotate('Node', name, { 'projectcalico.org/IPv6Address': `${wrong}/64` }),
          destination: across(plan),
        };
      },
    },
    none: {
      how: 'IP6 is none, so this node has no IPv6 address for Calico and no tunnel',
      inject: (plan) => ({
        script: [onNode(plan, `ip link del ${device}`)],
        edit: edits(
          setCalicoNode({ IP6: 'none' }),
          annotate('Node', plan.subject.node.name, {
            'projectcalico.org/IPv6Address': null,
            'projectcalico.org/IPv6VXLANTunnelAddr': null,
          }),
        ),
        destination: across(plan),
      }),
    },
  }),
  ...variantsOf('bgp-v6-nexthop-or-session', 'overlay', {
    '': {
      how: "the BGP session between the nodes is not established, so the route to the other node's block is missing",
      shape: { routing: 'bird' },
      inject: (plan) => ({
        script: [onNode(plan, `ip -6 route del ${peerOf(plan).block6}`)],
        bird: birdStatus(plan, 'Active        Socket: Connection refused') ?? '',
        destination: across(plan),
      }),
    },
    'next-hop': {
      how: "the route to the other node's block leads to the router, which does not know it",
      shape: { routing: 'bird' },
      inject: (plan) => ({
        script: [onNode(plan, `ip -6 route replace ${peerOf(plan).block6} via fe80::1 dev eth0 proto bird`)],
        destination: across(plan),
      }),
    },
  }),
];
