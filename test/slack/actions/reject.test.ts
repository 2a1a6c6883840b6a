import { beforeEach, describe, expect, it } from 'vitest';
import { approvalActions } from '../../../src/slack/views/approval.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';
import { aPerson } from '../../helpers/fake-people.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const reject = (id: string, user = 'U0APPROVER', doing: object = {}) =>
  world.press(approvalActions.reject, id, { user, ...doing });

describe('slack/actions/reject', () => {
  it.each`
    who                        | user
    ${'somebody who approves'} | ${'U0APPROVER'}
    ${'the one who asked'}     | ${'U0ASKER'}
    ${'the one who checked'}   | ${'U0CHECKER'}
  `('takes the no of $who, redraws the card, and starts nothing', async ({ user }) => {
    const id = await world.proposed();

    expect(await reject(id, user)).toBeNull();

    expect(world.record(id)).toMatchObject({ state: 'rejected', decision: null, log: [{ event: 'reject', by: user }] });
    expect(world.threads.shown[0]?.text).toContain('Rejected');
    expect(world.jobs.waiting).toEqual([]);
  });

  it('lets who asked take it back with the right to check alone', async () => {
    world.grants = { grants: [{ users: ['U0ASKER'], namespaces: ['shop'], may: ['check'] }] };
    const id = await world.proposed();

    expect(await reject(id, 'U0ASKER')).toBeNull();
  });

  it.each`
    what                            | user            | doing                     | reason
    ${'somebody without the grant'} | ${'U0NOBODY'}   | ${{}}                     | ${'You have no grant'}
    ${'somebody of another team'}   | ${'U0APPROVER'} | ${{ team: 'T0PARTNER' }}  | ${'Only members'}
    ${'a press in another channel'} | ${'U0APPROVER'} | ${{ channel: 'C0OTHER' }} | ${'not known here'}
  `('does not take the no of $what', async ({ user, doing, reason }) => {
    const id = await world.proposed();

    expect(await reject(id, user, doing)).toContain(reason);

    expect(world.record(id)).toMatchObject({ state: 'proposed', version: 0 });
  });

  it('does not take the no of somebody who may check, and did not ask', async () => {
    world.grants = { grants: [{ users: ['U0SECOND'], namespaces: ['shop'], may: ['check'] }] };
    const id = await world.proposed();

    expect(await reject(id, 'U0SECOND')).toContain('You have no grant to decide');

    expect(world.record(id).state).toBe('proposed');
  });

  it('takes no word of a guest', async () => {
    world.people.persons.set('U0APPROVER', aPerson('gus', { isGuest: true }));
    const id = await world.proposed();

    expect(await reject(id)).toContain('Guests');

    expect(world.record(id).state).toBe('proposed');
  });

  it('decides once between a yes and a no at the same moment, and tells the loser what was decided', async () => {
    const id = await world.proposed();

    const answers = await Promise.all([reject(id), world.press(approvalActions.approve, id, { user: 'U0SECOND' })]);

    const { state, log } = world.record(id);
    expect(log).toHaveLength(1);
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    const words = state === 'rejected' ? 'approver has already rejected' : 'second has already approved';
    expect(answers.find((answer) => answer !== null)).toContain(words);
    expect(world.jobs.waiting).toHaveLength(state === 'rejected' ? 0 : 1);
  });

  it('says that the time is over where nobody decided', async () => {
    const id = await world.proposed({
      ...{ state: 'lapsed', log: [{ event: 'lapse', by: 'writer', at: '2026-01-05T10:30:00.000Z', note: '' }] },
    });

    expect(await reject(id)).toBe('The time of this policy is over; it is lapsed.');
  });

  it('knows nothing of a record that has gone, or whose cluster is no longer offered', async () => {
    const elsewhere = await world.proposed({ cluster: 'old' });

    expect(await reject('rabcdefghijklmnopqrs')).toContain('not known here any more');
    expect(await reject(elsewhere)).toContain('not known here any more');
    expect(world.record(elsewhere).state).toBe('proposed');
  });
});
