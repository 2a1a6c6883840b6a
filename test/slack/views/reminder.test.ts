import { describe, expect, it } from 'vitest';
import { answeredCard, endingCard, reminderMessage } from '../../../src/slack/views/reminder.ts';
import { aRemediation } from '../../helpers/builders.ts';

const active = aRemediation({ state: 'active', expiresAt: '2026-01-05T10:30:00.000Z' });

describe('slack/views/reminder', () => {
  it('mentions the approver group, and nothing else', () => {
    const text = JSON.stringify(reminderMessage(active, 'S0APPROVERS'));

    expect(text.match(/<!subteam\^[^>]*>/g)).toEqual(['<!subteam^S0APPROVERS>']);
    expect(JSON.stringify(reminderMessage(active, null))).not.toContain('<!subteam');
    expect(JSON.stringify(reminderMessage(active, '<!channel>'))).not.toContain('<!channel>');
  });

  it('asks before the end with two buttons that carry the id alone', () => {
    const { blocks } = endingCard(active);
    const { elements } = blocks.at(-1) as { elements: { action_id: string; value: string; confirm?: object }[] };

    expect(elements.map(({ action_id, value }) => [action_id, value])).toEqual([
      ['extend_policy', active.id],
      ['let_policy_go', active.id],
    ]);
    expect(elements[0]?.confirm).toBeDefined();
  });

  it.each([true, false])('has no button once it is answered (extended: %s)', (isExtended) => {
    const text = JSON.stringify(answeredCard(active, 'U0APPROVER', isExtended));

    expect(text).not.toContain('button');
    expect(text).toContain(isExtended ? 'Extended by' : 'lets it go');
  });
});
