import type { Anchor, World } from '../contract.ts';
import { injectionOf } from './faults.ts';
import { clusterObjects } from './objects.ts';
import { makePlan } from './plan.ts';
import { oddPods, workloadObjects } from './pod-objects.ts';

/** Real resolvers' addresses, which exist only inside the lab's namespaces. */
const anchors: readonly Anchor[] = [
  { ipv6: '2001:4860:4860::8888', ipv4: '8.8.8.8', port: 443 },
  { ipv6: '2606:4700:4700::1111', ipv4: '1.1.1.1', port: 443 },
];

/** All that a fault and a seed decide. Pure: the same arguments give the same world. */
export function makeWorld({ fault, seed = 1 }: { readonly fault?: string; readonly seed?: number } = {}): World {
  const plan = makePlan(seed);
  const { objects = [], natOutgoing6 = true } = injectionOf(fault, plan);
  const [subject] = plan.pods;
  if (!subject) throw new Error('a plan has pods');
  return {
    seed,
    fault,
    subject: { namespace: subject.namespace, pod: subject.name, node: plan.nodeName },
    anchors,
    objects: [
      ...clusterObjects(plan, { natOutgoing6 }),
      ...plan.pods.flatMap((pod) => workloadObjects(plan, pod)),
      ...oddPods(plan),
      ...objects,
    ],
  };
}
