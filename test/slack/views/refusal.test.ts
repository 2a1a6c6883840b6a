import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalMessage } from '../../../src/slack/views/refusal.ts';
import { hostileText } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

describe('slack/views/refusal', () => {
  it('says one sentence, and what was typed in it as it was typed', () => {
    expect(refusalMessage('"<!here>" cannot be the name of a pod.')).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "text": ""&lt;!here&gt;" cannot be the name of a pod.",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
        ],
        "text": ""&lt;!here&gt;" cannot be the name of a pod.",
      }
    `);
  });

  it('keeps to what Slack takes, and mentions and links nothing', () => {
    fc.assert(
      fc.property(hostileText, (typed) => {
        const message = refusalMessage(`"${typed}" cannot be the name of a pod.`);
        expect(refusalsOf(message)).toEqual([]);
        expect(tokensIn(message)).toEqual([]);
      }),
    );
  });
});
