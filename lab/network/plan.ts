import { createHash } from 'node:crypto';
import type { Shape } from '../contract.ts';
import { type Random, seeded } from './random.ts';
import { usualShape } from './shape.ts';

export interface ContainerPlan {
  readonly name: string;
  /** Which file set its root has. */
  readonly image: 'busybox' | 'distroless' | 'calico-node';
}

export interface NodePlan {
  readonly netns: 'node1' | 'node2';
  /** What the kubelet calls its address. */
  readonly primary: string;
  readonly name: string;
  readonly ipv6: string;
  readonly ipv4: string;
  readonly vxlan6: string;
  readonly vxlan4: string;
  /** The IPAM blocks that this node owns. */
  readonly block6: string;
  readonly block4: string;
  /** The MAC of both tunnel devices, which the peer knows by heart. */
  readonly tunnelMac: string;
  readonly calicoNodePod: string;
}

export interface PodPlan {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly app: string;
  readonly node: NodePlan;
  /** Null in a cluster that has no IPv4. */
  readonly ipv4: string | null;
  /** Null for a pod that was never given one. */
  readonly ipv6: string | null;
  readonly containers: readonly ContainerPlan[];
  /** The node's end of the veth, named as Calico names it. */
  readonly veth: string;
  readonly replicaSet: string;
}

/** Every name and address of one lab. */
export interface Plan {
  readonly random: Random;
  readonly shape: Shape;
  readonly nodes: readonly [NodePlan, NodePlan];
  readonly nodePrefix: string;
  readonly pool6: string;
  readonly pool4: string;
  readonly uplinkMtu: number;
  readonly podMtu: number;
  readonly dnsService: { readonly ipv4: string; readonly ipv6: string };
  /** The pod that a demonstration asks about. */
  readonly subject: PodPlan & { readonly ipv6: string };
  readonly dnsPod: PodPlan;
  readonly pods: readonly PodPlan[];
}

/** As Calico derives it: `cali` and the first 11 hex digits of sha1("namespace.pod"). */
export function vethOf(namespace: string, pod: string): string {
  return `cali${createHash('sha1').update(`${namespace}.${pod}`).digest('hex').slice(0, 11)}`;
}

const hextet = (random: Random) => (0x1000 + random.int(0xefff)).toString(16);

export function makePlan(seed: number, shape: Shape = usualShape): Plan {
  const random = seeded(seed);
  const site = `2001:db8:${hextet(random)}`;
  const ula = `fd${random.hex(2)}:${hextet(random)}:${hextet(random)}`;
  const pool = shape.addressing === 'ula' ? ula : `2001:db8:${hextet(random)}`;
  const hasIPv4 = shape.family === 'dual';
  const subnet4 = random.int(200) + 16;

  const node = (index: 1 | 2): NodePlan => {
    const ipv6 = `${site}::${(0x10 + 0x80 * index + random.int(0x60)).toString(16)}`;
    const ipv4 = `192.0.2.${index * 80 + random.int(70)}`;
    return {
      netns: `node${index}`,
      primary: hasIPv4 ? ipv4 : ipv6,
      name: `${random.pick(['worker', 'node', 'ip'])}-${random.suffix(4)}`,
      ipv6,
      ipv4,
      ...blocksOf(random, pool, subnet4 + index),
      tunnelMac: `66:${Array.from({ length: 5 }, () => random.hex(2)).join(':')}`,
      calicoNodePod: `calico-node-${random.suffix(5)}`,
    };
  };
  const nodes = [node(1), node(2)] as const;
  let last = 1 + random.int(8);

  const pod = (app: string, more: Partial<PodPlan> = {}): PodPlan => {
    last += 1;
    const { namespace = 'shop', node: home = nodes[0] } = more;
    const replicaSet = `${app}-${random.suffix(9)}`;
    const name = `${replicaSet}-${random.suffix(5)}`;
    return {
      namespace,
      name,
      replicaSet,
      uid: random.uid(),
      app,
      node: home,
      ipv4: hasIPv4 ? `${home.block4.replace(/\d+\/\d+$/, '')}${last}` : null,
      ipv6: `${home.block6.replace(/[0-9a-f]+\/\d+$/, '')}${(0x40 + last).toString(16)}`,
      containers: [{ name: random.pick(['app', 'server', 'web']), image: 'busybox' }],
      veth: vethOf(namespace, name),
      ...more,
    };
  };

  const first = pod('checkout');
  const subject = { ...first, ipv6: first.ipv6 ?? '' };
  const dnsPod = pod('coredns', {
    namespace: 'kube-system',
    node: nodes[1],
    containers: [{ name: 'coredns', image: 'distroless' }],
  });
  const uplinkMtu = random.pick([1400, 1450, 1460, 1500]);
  return {
    random,
    shape,
    nodes,
    nodePrefix: `${site}::/64`,
    pool6: `${pool}::/48`,
    pool4: '10.244.0.0/16',
    uplinkMtu,
    podMtu: shape.routing === 'vxlan' ? uplinkMtu - 70 : uplinkMtu,
    dnsService: { ipv4: '10.96.0.10', ipv6: `${ula.replace(/^fd../, 'fd96')}::a` },
    subject,
    dnsPod,
    pods: [
      subject,
      pod(random.pick(['cart', 'catalog', 'reviews'])),
      pod('payments'),
      pod('payments-worker'),
      ...(hasIPv4 ? [pod('legacy', { ipv6: null })] : []),
      pod('static', { containers: [{ name: 'server', image: 'distroless' }] }),
      pod('mesh', {
        containers: [
          { name: 'server', image: 'distroless' },
          { name: 'sidecar', image: 'busybox' },
        ],
      }),
      pod('reports', { node: nodes[1] }),
      dnsPod,
    ],
  };
}

function blocksOf(random: Random, pool: string, subnet4: number) {
  const block = hextet(random);
  return {
    vxlan6: `${pool}:${block}::40`,
    vxlan4: `10.244.${subnet4}.0`,
    block6: `${pool}:${block}::40/122`,
    block4: `10.244.${subnet4}.0/26`,
  };
}
