import type { Message } from '../../ports.ts';
import { code } from '../mrkdwn.ts';
import { context, section } from './blocks.ts';

const lines = [
  ['shop/checkout-7d9f', 'checks the IPv6 egress of a pod; the start of its name will do'],
  ['shop/deploy/checkout', 'a workload (deploy, sts, ds or job): one pod for each node, compared'],
  ['node/worker-1', 'a node by itself'],
  ['shop/checkout to [2001:db8::1]:443', 'a destination of your own; without a port it is 443'],
  ['prod:shop/checkout', 'in another cluster than the default'],
  ['active', 'the temporary policies that stand or wait for a decision'],
  ['revoke <id>', 'ends one of them now'],
] as const;

export function helpMessage(clusters: readonly string[]): Message {
  const text = 'Finds where IPv6 egress breaks, and whether a policy is the cause.';
  return {
    text,
    blocks: [
      section(text),
      section(lines.map(([words, meaning]) => `${code(`/ipv6check ${words}`)}  ${meaning}`).join('\n')),
      context(
        `Clusters: ${clusters
          .slice(0, 40)
          .map((name) => code(name, 63))
          .join(', ')}. The first is the default.`,
      ),
    ],
  };
}
