import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalCard, decidedCard } from '../../../src/slack/views/approval.ts';
import { aRemediation, t0 } from '../../helpers/builders.ts';
import { hostileRemediation, hostileText } from '../../helpers/hostile.ts';
import { refusalsOf, tokensIn } from '../../helpers/slack-limits.ts';

const effect = { opens: ['IPv6 to 2001:db8::1, TCP 443'], staysShut: ['fe80::/10'] };
const proposed = aRemediation({ id: 'rabcdefghijklmnopqrs', requestId: '6f1c1c1e-0000-4000-8000-000000000000' });
const decided = {
  ...proposed,
  expiresAt: '2026-01-05T10:30:00.000Z',
  decision: {
    approver: 'U0APPROVER',
    ...{ manifestHash: 'hash', expiresAt: '2026-01-05T10:30:00.000Z', signature: 'the-signature-of-the-bot' },
  },
  log: [{ event: 'approve', by: 'U0APPROVER', at: t0.toISOString(), note: '' }],
};
const labelsOf = (card: object) => [...JSON.stringify(card).matchAll(/"action_id":"(\w+)"/g)].map(([, label]) => label);

describe('slack/views/approval', () => {
  it('shows what is to be approved: the manifest, its pods, what opens, what stays shut, and until when', () => {
    expect(approvalCard(proposed, { ...effect, approverGroup: 'S0NET' })).toMatchSnapshot();
  });

  it('shows who decided, and offers to revoke what stands', () => {
    expect(decidedCard({ ...decided, state: 'active' }, effect)).toMatchSnapshot();
  });

  it.each`
    state          | buttons
    ${'approved'}  | ${[]}
    ${'verifying'} | ${['revoke_policy']}
    ${'active'}    | ${['revoke_policy']}
    ${'reverting'} | ${[]}
    ${'stuck'}     | ${[]}
    ${'reverted'}  | ${[]}
    ${'rejected'}  | ${[]}
    ${'lapsed'}    | ${[]}
    ${'failed'}    | ${[]}
  `('has the buttons $buttons when it is $state, and a mark with its word', ({ state, buttons }) => {
    const card = decidedCard({ ...decided, state }, effect);

    expect(labelsOf(card)).toEqual(buttons);
    expect(card.text).toMatch(/: [🟢🟡🔴⚪] \w{3}/u);
  });

  it('mentions the approver group, once, and only before the decision', () => {
    expect(tokensIn(approvalCard(proposed, { ...effect, approverGroup: 'S0NET' }))).toEqual(['<!subteam^S0NET>']);
    expect(tokensIn(approvalCard(proposed, effect))).toEqual([]);
    expect(tokensIn(decidedCard(decided, effect))).toEqual([]);
  });

  it.each(['S0NET> <!channel', '!channel', '@U0BOSS', ''])(
    'mentions nobody for a group called "%s"',
    (approverGroup) => {
      expect(tokensIn(approvalCard(proposed, { ...effect, approverGroup }))).toEqual([]);
    },
  );

  it('carries in its buttons the id and nothing else, and asks before either of the serious ones', () => {
    for (const card of [approvalCard(proposed, effect), decidedCard({ ...decided, state: 'active' }, effect)]) {
      const values = [...JSON.stringify(card).matchAll(/"value":"([^"]*)"/g)].map(([, value]) => value);
      expect(new Set(values)).toEqual(new Set([proposed.id]));
      expect(JSON.stringify(card)).toContain('"confirm":{');
    }
  });

  it('keeps the signature of the decision to itself', () => {
    expect(JSON.stringify(decidedCard(decided, effect))).not.toContain('the-signature-of-the-bot');
  });

  it('keeps to what Slack takes, and mentions and links nothing, whatever a label says', () => {
    const entries = fc.array(hostileText, { maxLength: 30 });
    fc.assert(
      fc.property(hostileRemediation, entries, entries, hostileText, (hostile, opens, staysShut, approverGroup) => {
        for (const card of [
          approvalCard(hostile, { opens, staysShut, approverGroup }),
          decidedCard(hostile, { opens, staysShut }),
        ]) {
          expect(refusalsOf(card)).toEqual([]);
          expect(tokensIn(card)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names the pods and says how many it left out', () => {
    const pods = Array.from({ length: 30 }, (_, index) => `checkout-${index}`);
    const card = JSON.stringify(approvalCard({ ...proposed, pods }, effect));

    expect(card).toContain('*Pods it selects: 30*');
    expect(card).toContain('… 18 more');
    expect(card).toContain('IPv6 egress of 30 pods in shop for 30 minutes');
    expect(JSON.stringify(approvalCard({ ...proposed, pods: [] }, effect))).toContain('none now');
  });
});
