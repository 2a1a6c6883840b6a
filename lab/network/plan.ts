import { createHash } from 'node:crypto';
import { type Random, seeded } from './random.ts';

export interface ContainerPlan {
  readonly name: string;
  /** Which file set its root has. */
  readonly image: 'busybox' | 'distroless' | 'calico-node';
}

export interface PodPlan {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly app: string;
  readonly ipv4: string;
  /** Null for a pod that was never given one. */
  readonly ipv6: string | null;
  readonly containers: readonly ContainerPlan[];
  /** The node's end of the veth, named as Calico names it. */
  readonly veth: string;
  /** The node's end without the `cali` that rules carry as well. */
  readonly replicaSet: string;
}

/** Every name and address of one lab. */
export interface Plan {
  readonly random: Random;
  readonly nodeName: string;
  readonly nodeIPv6: string;
  readonly nodePrefix: string;
  readonly nodeIPv4: string;
  readonly vxlanIPv6: string;
  readonly pool6: string;
  readonly block6: string;
  readonly pool4: string;
  readonly uplinkMtu: number;
  readonly calicoNodePod: string;
  readonly pods: readonly PodPlan[];
}

/** As Calico derives it: `cali` and the first 11 hex digits of sha1("namespace.pod"). */
export function vethOf(namespace: string, pod: string): string {
  return `cali${createHash('sha1').update(`${namespace}.${pod}`).digest('hex').slice(0, 11)}`;
}

const hextet = (random: Random) => (0x1000 + random.int(0xefff)).toString(16);

export function makePlan(seed: number): Plan {
  const random = seeded(seed);
  const ula = `fd${random.hex(2)}:${hextet(random)}:${hextet(random)}`;
  const block = hextet(random);
  const site = `2001:db8:${hextet(random)}`;
  const subnet4 = random.int(200) + 16;
  let last = 1 + random.int(8);

  const pod = (app: string, more: Partial<PodPlan> = {}): PodPlan => {
    last += 1;
    const namespace = more.namespace ?? 'shop';
    const replicaSet = `${app}-${random.suffix(9)}`;
    const name = more.name ?? `${replicaSet}-${random.suffix(5)}`;
    return {
      namespace,
      name,
      replicaSet,
      uid: random.uid(),
      app,
      ipv4: `10.244.${subnet4}.${last}`,
      ipv6: `${ula}:${block}::${(0x40 + last).toString(16)}`,
      containers: [{ name: random.pick(['app', 'server', 'web']), image: 'busybox' }],
      veth: vethOf(namespace, name),
      ...more,
    };
  };

  return {
    random,
    nodeName: `${random.pick(['worker', 'node', 'ip'])}-${random.suffix(4)}`,
    nodePrefix: `${site}::/64`,
    nodeIPv6: `${site}::${(0x10 + random.int(0x80)).toString(16)}`,
    nodeIPv4: `192.0.2.${10 + random.int(200)}`,
    vxlanIPv6: `${ula}:${block}::40`,
    pool6: `${ula}::/48`,
    block6: `${ula}:${block}::40/122`,
    pool4: '10.244.0.0/16',
    uplinkMtu: random.pick([1400, 1450, 1460, 1500]),
    calicoNodePod: `calico-node-${random.suffix(5)}`,
    pods: [
      pod('checkout'),
      pod(random.pick(['cart', 'catalog', 'reviews'])),
      pod('payments'),
      pod('payments-worker'),
      pod('legacy', { ipv6: null }),
      pod('static', { containers: [{ name: 'server', image: 'distroless' }] }),
      pod('mesh', {
        containers: [
          { name: 'server', image: 'distroless' },
          { name: 'sidecar', image: 'busybox' },
        ],
      }),
    ],
  };
}
