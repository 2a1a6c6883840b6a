import { describe, expect, it } from 'vitest';
import { approvalActions } from '../src/slack/views/approval.ts';
import { cardActions } from '../src/slack/views/card.ts';
import { botWorld } from './helpers/bot-world.ts';

describe('compose', () => {
  it('carries a person from the command to a policy that a second one has approved', async () => {
    const world = botWorld();

    await world.command('shop/checkout', { user: 'U0CHECKER' });
    const { payload } = world.jobs.take('diagnose');
    const { requestId } = payload as { requestId: string }; // the job's own schema has parsed it
    await world.checked({ id: requestId });
    await world.press(cardActions.ask, requestId, { user: 'U0ASKER' });
    expect(world.jobs.take('propose').payload).toMatchObject({ requestId, requestedBy: 'U0ASKER' });

    const id = await world.proposed({ requestId });
    expect(await world.press(approvalActions.approve, id, { user: 'U0ASKER' })).toContain('You asked for this policy');
    await world.press(approvalActions.approve, id, { user: 'U0APPROVER' });
    expect(world.jobs.take('apply').payload).toMatchObject({ remediationId: id });

    await world.command(`revoke ${id}`, { user: 'U0SECOND' });
    expect(world.jobs.take('revert').payload).toMatchObject({ remediationId: id });
  });

  it('asks Slack nothing before somebody speaks', () => {
    expect(botWorld().people.asked).toEqual([]);
  });

  it('leaves no token and no response_url in what it logs', async () => {
    const world = botWorld();

    await world.command('shop/checkout');
    await world.press(approvalActions.approve, await world.proposed(), { user: 'U0APPROVER' });

    expect(world.lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(world.lines)).not.toMatch(/xoxb-|hooks\.example|the key that bot and writer share/);
  });
});
