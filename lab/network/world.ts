import type { Anchor, Shape, World } from '../contract.ts';
import { injectionOf, shapeOf } from './faults.ts';
import { clusterObjects } from './objects.ts';
import { makePlan } from './plan.ts';
import { oddPods, workloadObjects } from './pod-objects.ts';

/** Real resolvers' addresses, which exist only inside the lab's namespaces. */
const anchors: readonly Anchor[] = [
  { ipv6: '2001:4860:4860::8888', ipv4: '8.8.8.8', port: 443 },
  { ipv6: '2606:4700:4700::1111', ipv4: '1.1.1.1', port: 443 },
];

export interface WorldOptions {
  readonly fault?: string;
  readonly seed?: number;
  /** Wishes; what the fault needs to exist comes first. */
  readonly shape?: Partial<Shape>;
}

/** All that a fault and a seed decide. Pure: the same arguments give the same world. */
export function makeWorld({ fault, seed = 1, shape: wished = {} }: WorldOptions = {}): World {
  const shape = shapeOf(fault, wished);
  const plan = makePlan(seed, shape);
  const { objects: added = [], edit = (object) => object, destination } = injectionOf(fault, plan);
  const { subject } = plan;
  const objects = [
    ...clusterObjects(plan),
    ...plan.pods.flatMap((pod) => workloadObjects(plan, pod)),
    ...oddPods(plan),
  ];
  return {
    seed,
    fault,
    subject: { namespace: subject.namespace, pod: subject.name, node: subject.node.name },
    anchors,
    shape,
    ...(destination === undefined ? {} : { destination }),
    objects: [...objects.flatMap((object) => edit(object) ?? []), ...added],
  };
}
