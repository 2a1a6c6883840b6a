import type { Anchor } from '../contract.ts';
import { nodeSections } from './nodes.ts';
import { outsideSections, outsideWires } from './outside.ts';
import type { Plan, PodPlan } from './plan.ts';
import { podSection, podWire } from './pods.ts';

export const netnsOf = (pod: Pick<PodPlan, 'namespace' | 'name'>) => `pod-${pod.namespace}-${pod.name}`;

/** What is done inside one namespace once its devices exist and are down: settings, then `ip`, then the rest. */
export interface Section {
  readonly netns: string;
  readonly settings: readonly string[];
  readonly ip: readonly string[];
  readonly after?: readonly string[];
}

/** Two ends, each with its namespace. */
export type Wire = readonly [near: string, far: string];

/** A shell in a namespace costs a third of `ip netns exec`, which mounts /sys anew. */
export const inside = (netns: string, lines: readonly string[]): string =>
  `nsenter --net=/run/netns/${netns} sh -e <<'INSIDE'\n${lines.join('\n')}\nINSIDE`;

/** Writes `value` into settings below /proc/sys/net. */
export const set = (value: string | number, ...names: readonly string[]): string =>
  names.map((name) => `echo ${value} >/proc/sys/net/${name}`).join('; ');

const batch = (lines: readonly string[]): string => `ip -batch - <<'BATCH'\n${lines.join('\n')}\nBATCH`;

/**
 * Ends with the same index in their namespaces look to the kernel like one device, which it starts up to a second late.
 */
const linkLine = ([near, far]: Wire, index: number): string =>
  `link add ${near} index ${20 + 2 * index} type veth peer name ${far} index ${21 + 2 * index}`;

const withoutDad = 'for c in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$c; done';

const background = ({ netns, settings, ip, after = [] }: Section): string =>
  `${inside(netns, [withoutDad, ...settings, batch(ip), ...after]).replace("<<'INSIDE'", "<<'INSIDE' &")}\nP="$P $!"`;

/** One shell script that builds everything but packet filters, run inside the lab's own namespaces. */
export function topologyScript(plan: Plan, anchors: readonly Anchor[]): string {
  const sections = [...outsideSections(plan, anchors), ...nodeSections(plan), ...plan.pods.map(podSection)];
  return [
    'set -e; P=',
    batch(sections.map(({ netns }) => `netns add ${netns}`)),
    batch([...outsideWires(plan), ...plan.pods.map((pod) => podWire(plan, pod))].map(linkLine)),
    ...sections.map(background),
    'for p in $P; do wait $p; done',
  ].join('\n');
}
