import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkingCard, problemCard, verdictCard, within } from '../../../src/slack/views/card.ts';
import { aReport } from '../../helpers/builders.ts';
import { hostileReport, hostileText } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

const id = '6f1c1c1e-0000-4000-8000-000000000000';
const run = { id, target: 'shop/checkout', destination: '[2001:db8::1]:443', requestedBy: 'U0ASKER' };
const asker = { requestedBy: 'U0ASKER' };
const report = aReport({ id });
const { verdict, remediation } = report;
const buttonsOf = ({ blocks }: { blocks: readonly object[] }) => JSON.stringify(blocks).match(/"action_id":"\w+"/g);

describe('slack/views/card', () => {
  it('says that a check is under way', () => {
    expect(checkingCard(run)).toMatchSnapshot();
  });

  it('says why nothing was checked, and offers to try again', () => {
    expect(problemCard(run, 'No pod has that name.')).toMatchSnapshot();
  });

  it('says where the path breaks, whether a policy is the cause, and what to do', () => {
    expect(verdictCard(report, asker)).toMatchSnapshot();
  });

  it('offers to ask for a policy only where one is offered', () => {
    expect(buttonsOf(verdictCard(report, asker))).toEqual(['"action_id":"run_again"', '"action_id":"ask_for_policy"']);
    const refused = { ...remediation, offered: false, refusal: 'It would isolate the pod.' };

    const card = verdictCard({ ...report, remediation: refused }, asker);

    expect(buttonsOf(card)).toEqual(['"action_id":"run_again"']);
    expect(JSON.stringify(card)).toContain('No temporary policy is offered: It would isolate the pod.');
  });

  it.each`
    outcome           | policyIsCause | sentence
    ${'broken'}       | ${'no'}       | ${'Policy is not the cause.'}
    ${'broken'}       | ${'yes'}      | ${'A policy is the cause.'}
    ${'inconclusive'} | ${'unknown'}  | ${'Whether a policy is the cause is not known.'}
  `('says once of what is $outcome: $sentence', ({ outcome, policyIsCause, sentence }) => {
    const summary = `Seen. ${sentence} More.`;

    const { blocks } = verdictCard({ ...report, verdict: { ...verdict, outcome, policyIsCause, summary } }, asker);

    expect(JSON.stringify(blocks).split(sentence)).toHaveLength(2);
    expect(JSON.stringify(blocks)).toContain('Seen. More.');
  });

  it('shows what could not be looked at, also of a path that is reachable', () => {
    const notLookedAt = ['the node’s counters'];
    const card = verdictCard({ ...report, verdict: { ...verdict, outcome: 'reachable', notLookedAt } }, asker);

    expect(JSON.stringify(card)).toContain('🟡 Not looked at: the node’s counters');
  });

  it('shows the fix of the stage that broke, and none where nothing is broken', () => {
    expect(JSON.stringify(verdictCard(report, asker))).toContain('kubectl get networkpolicy -n shop');
    const elsewhere = { ...report, verdict: { ...verdict, stage: 'pod-route' } };
    expect(JSON.stringify(verdictCard(elsewhere, asker))).not.toContain('kubectl get');
    const fine = { ...report, verdict: { ...verdict, outcome: 'reachable' as const } };
    expect(JSON.stringify(verdictCard(fine, asker))).not.toContain('kubectl get');
  });

  it('keeps to what Slack takes, and mentions and links nothing, whatever a pod says', () => {
    fc.assert(
      fc.property(hostileReport, hostileText, hostileText, (hostile, requestedBy, sentence) => {
        const { target, destination } = hostile.request;
        const shown = { id, target, destination, requestedBy };
        for (const card of [
          verdictCard(hostile, { requestedBy }),
          checkingCard(shown),
          problemCard(shown, `No: ${sentence}`),
        ]) {
          expect(refusalsOf(card)).toEqual([]);
          expect(tokensIn(card)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('carries in its buttons and its metadata the id of the run and nothing else', () => {
    const card = verdictCard(report, asker);

    expect(JSON.stringify(card.blocks).match(/"value":"[^"]*"/g)).toEqual(Array(2).fill(`"value":"${id}"`));
    expect(card.metadata).toEqual({ eventType: 'ipv6check_report', payload: { id } });
  });

  it('shortens a list by whole entries, and says by how many', () => {
    expect(within(['one', 'two', 'three'], 12)).toBe('one, two … 1 more');
    expect(within(['one', 'two'], 100)).toBe('one, two');
    expect(within([], 100)).toBe('');
  });
});
