import type { NodePlan, Plan } from './plan.ts';
import { hostEnds } from './pods.ts';
import { type Section, set } from './topology.ts';

/** Both nodes: the uplink, the tunnels, and what Felix or BIRD know of the other's blocks. */
export function nodeSections(plan: Plan): Section[] {
  const [first, second] = plan.nodes;
  return [nodeSection(plan, first, second), nodeSection(plan, second, first)];
}

interface Lines {
  readonly ip: readonly string[];
  readonly after: readonly string[];
}

function nodeSection(plan: Plan, node: NodePlan, peer: NodePlan): Section {
  const families = plan.shape.family === 'dual' ? ([6, 4] as const) : ([6] as const);
  const parts = families.map((family) => (family === 6 ? uplink6(node) : uplink4(node)));
  const overlays = families.map((family) =>
    plan.shape.routing === 'vxlan' ? tunnel(plan, node, peer, family) : { ip: [bird(peer, family)], after: [] },
  );
  const pods = hostEnds(plan, node);
  const owner = plan.shape.routing === 'vxlan' ? '80' : 'bird';
  return {
    netns: node.netns,
    settings: [set(1, 'ipv6/conf/all/forwarding', 'ipv4/ip_forward'), ...pods.settings],
    ip: [
      'link set lo up',
      'link set eth0 up',
      ...parts.flat(),
      ...families.map((family) => `route add blackhole ${family === 6 ? node.block6 : node.block4} proto ${owner}`),
      ...overlays.flatMap(({ ip }) => ip),
      ...pods.ip,
    ],
    after: overlays.flatMap(({ after }) => after),
  };
}

const uplink6 = ({ ipv6 }: NodePlan) => [
  `addr add ${ipv6}/64 dev eth0 nodad`,
  'route add default via fe80::1 dev eth0 metric 1024',
];

const uplink4 = ({ ipv4 }: NodePlan) => [`addr add ${ipv4}/24 dev eth0`, 'route add default via 192.0.2.1'];

const bird = (peer: NodePlan, family: 4 | 6) =>
  family === 6
    ? `route add ${peer.block6} via ${peer.ipv6} dev eth0 proto bird`
    : `route add ${peer.block4} via ${peer.ipv4} dev eth0 proto bird`;

/** Everything is known beforehand, as Felix programs it: nothing is learned and nobody is asked. */
function tunnel({ uplinkMtu }: Plan, node: NodePlan, peer: NodePlan, family: 4 | 6): Lines {
  const is6 = family === 6;
  const device = is6 ? 'vxlan-v6.calico' : 'vxlan.calico';
  const link = `mtu ${uplinkMtu - (is6 ? 70 : 50)} type vxlan id 4096 dstport 4789 nolearning`;
  const far = is6 ? peer.vxlan6 : peer.vxlan4;
  return {
    ip: [
      `link add ${device} address ${node.tunnelMac} ${link} local ${is6 ? node.ipv6 : node.ipv4}`,
      `addr add ${is6 ? `${node.vxlan6}/128` : `${node.vxlan4}/32`} dev ${device}${is6 ? ' nodad' : ''}`,
      `link set ${device} up`,
      `neigh add ${far} lladdr ${peer.tunnelMac} dev ${device} nud permanent`,
      `route add ${is6 ? peer.block6 : peer.block4} via ${far} dev ${device} onlink proto 80`,
    ],
    after: [`bridge fdb append ${peer.tunnelMac} dev ${device} dst ${is6 ? peer.ipv6 : peer.ipv4}`],
  };
}
