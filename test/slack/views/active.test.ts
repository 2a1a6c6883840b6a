import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeMessage } from '../../../src/slack/views/active.ts';
import { aRemediation } from '../../helpers/builders.ts';
import { hostileRemediation } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

describe('slack/views/active', () => {
  it('lists what stands and what waits, soonest end first', () => {
    const stands = { state: 'active', expiresAt: '2026-01-05T10:20:00.000Z' } as const;

    expect(
      activeMessage([aRemediation({ id: 'rwaits' }), aRemediation({ id: 'rstands', ...stands })]),
    ).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "text": "\`rstands\`  active  \`lab:shop/checkout-7d9f\`  ends <!date^1767608400^{date_short_pretty} {time}|2026-01-05 10:20 UTC>",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "text": {
              "text": "\`rwaits\`  proposed  \`lab:shop/checkout-7d9f\`  decision by <!date^1767609000^{date_short_pretty} {time}|2026-01-05 10:30 UTC>",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
        ],
        "text": "2 temporary policies",
      }
    `);
  });

  it('says that there is none', () => {
    expect(activeMessage([]).text).toBe('There is no temporary policy that you could see.');
  });

  it('says how many it left out', () => {
    const { blocks } = activeMessage(Array.from({ length: 40 }, () => aRemediation()));

    expect(JSON.stringify(blocks.at(-1))).toContain('… 24 more');
  });

  it('keeps to what Slack takes, and mentions and links nothing', () => {
    fc.assert(
      fc.property(fc.array(hostileRemediation, { maxLength: 40 }), (open) => {
        const message = activeMessage(open);
        expect(refusalsOf(message)).toEqual([]);
        expect(tokensIn(message)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
