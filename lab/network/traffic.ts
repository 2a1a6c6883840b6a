import type { Anchor } from '../contract.ts';
import type { Plan } from './plan.ts';
import { netnsOf } from './topology.ts';

const loop = (netns: string, address: string, port: number, pause: string) =>
  `nsenter --net=/run/netns/${netns} sh -c 'while :; do busybox nc -w 2 ${address} ${port} </dev/null; sleep ${pause}; done' </dev/null >/dev/null 2>&1 &`;

/** The application's own attempts at the destination that is asked about: counters have to be told apart from ours. */
export function retries({ subject }: Plan, anchors: readonly Anchor[]): string[] {
  return anchors.slice(0, 1).map(({ ipv6, port }) => loop(netnsOf(subject), ipv6, port, '0.7'));
}

/** Other pods of the node: one that gets through, and one that dials what nobody answers. */
export function strangers(plan: Plan, anchors: readonly Anchor[]): string[] {
  const others = plan.pods.filter(({ node, ipv6 }) => node.netns === plan.subject.node.netns && ipv6).slice(1, 3);
  const [first] = anchors;
  return others.map((pod, index) =>
    index === 0 && first
      ? loop(netnsOf(pod), first.ipv6, 80, '0.3')
      : loop(netnsOf(pod), '2001:db8:dead::1', 443, '0.5'),
  );
}
