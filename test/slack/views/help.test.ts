import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/slack/commands/parse.ts';
import { helpMessage } from '../../../src/slack/views/help.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

describe('slack/views/help', () => {
  it('shows every form of the command and the clusters', () => {
    expect(helpMessage(['prod', 'lab'])).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "text": "Finds where IPv6 egress breaks, and whether a policy is the cause.",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "text": {
              "text": "\`/ipv6check shop/checkout-7d9f\`  checks the IPv6 egress of a pod; the start of its name will do
      \`/ipv6check shop/deploy/checkout\`  a workload (deploy, sts, ds or job): one pod for each node, compared
      \`/ipv6check node/worker-1\`  a node by itself
      \`/ipv6check shop/checkout to [2001:db8::1]:443\`  a destination of your own; without a port it is 443
      \`/ipv6check prod:shop/checkout\`  in another cluster than the default
      \`/ipv6check active\`  the temporary policies that stand or wait for a decision
      \`/ipv6check revoke &lt;id&gt;\`  ends one of them now",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "elements": [
              {
                "text": "Clusters: \`prod\`, \`lab\`. The first is the default.",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
        ],
        "text": "Finds where IPv6 egress breaks, and whether a policy is the cause.",
      }
    `);
  });

  it('shows nothing that the bot would not understand', () => {
    const shown = [...JSON.stringify(helpMessage(['prod'])).matchAll(/`\/ipv6check ([^`]+)`/g)].map(
      ([, line]) => line!,
    );

    const kinds = shown.map((line) => parseCommand(line.replace('&lt;id&gt;', 'rabcdefghijklmnopqrs')).kind);
    expect(kinds).toEqual(['check', 'check', 'check', 'check', 'check', 'active', 'revoke']);
  });

  it('keeps to what Slack takes with more clusters than anybody has', () => {
    const message = helpMessage(Array.from({ length: 500 }, (_, index) => `c${index}`.padEnd(63, 'x')));

    expect(refusalsOf(message)).toEqual([]);
    expect(tokensIn(message)).toEqual([]);
  });
});
