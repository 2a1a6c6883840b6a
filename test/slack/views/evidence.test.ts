import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenReply, passedReply } from '../../../src/slack/views/evidence.ts';
import { aReport } from '../../helpers/builders.ts';
import { hostileReport } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

const report = aReport();
const [red, green] = [report.findings[0]!, report.findings[1]!];
const withFindings = (...findings: typeof report.findings) => ({ ...report, findings });

describe('slack/views/evidence', () => {
  it('shows what is not green, with what was seen and what can be done', () => {
    expect(brokenReply(report)).toMatchSnapshot();
  });

  it('shows what passed and what could not be judged', () => {
    const unseen = { ...green, title: 'The node forwards', outcome: 'unknown' as const, facts: ['no shell'] };
    const verdict = { ...report.verdict, notLookedAt: ['node counters'] };

    expect(passedReply({ ...withFindings(red, green, unseen), verdict })).toMatchSnapshot();
  });

  it('has no reply where there is nothing to say', () => {
    expect(brokenReply(withFindings(green))).toBeNull();
    expect(passedReply(withFindings(red))).toBeNull();
    expect(passedReply(withFindings({ ...green, outcome: 'not-applicable' }))).toBeNull();
  });

  it.each(['unknown', 'crashed'] as const)('never puts what is %s among what passed', (outcome) => {
    const reply = passedReply(withFindings({ ...green, outcome }));

    expect(reply?.text).toBe('0 passed, 1 could not be judged');
    expect(JSON.stringify(reply)).not.toContain('🟢');
  });

  it('says how many findings it left out', () => {
    const reply = brokenReply(withFindings(...Array.from({ length: 40 }, () => red)));

    expect(JSON.stringify(reply?.blocks.at(-1))).toContain('… 24 more');
  });

  it('shows a command whole or not at all', () => {
    const fix = Array.from({ length: 400 }, (_, line) => `kubectl delete pod pod-${line} -n shop`).join('\n');

    const reply = brokenReply(withFindings({ ...red, fix }));

    expect(JSON.stringify(reply)).not.toContain('pod-1 ');
    expect(JSON.stringify(reply)).toContain('The fix is too long for Slack');
  });

  it('keeps to what Slack takes, and mentions and links nothing, whatever a pod says', () => {
    fc.assert(
      fc.property(hostileReport, (hostile) => {
        for (const reply of [brokenReply(hostile), passedReply(hostile)]) {
          if (reply === null) continue;
          expect(refusalsOf(reply)).toEqual([]);
          expect(tokensIn(reply)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
