import { beforeEach, describe, expect, it } from 'vitest';
import { verifyDecision } from '../../../src/remediation/decision.ts';
import type { Remediation } from '../../../src/remediation/lifecycle.ts';
import { approvalActions } from '../../../src/slack/views/approval.ts';
import { type BotWorld, botWorld, decisionKey } from '../../helpers/bot-world.ts';
import { t0 } from '../../helpers/builders.ts';
import { aPerson } from '../../helpers/fake-people.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const approve = (id: string, user = 'U0APPROVER', doing: object = {}) =>
  world.press(approvalActions.approve, id, { user, ...doing });

/** Nothing of an approval: not the state, not a signature, not a job. */
function expectUndecided(id: string): void {
  expect(world.record(id)).toMatchObject({ state: 'proposed', version: 0, decision: null, expiresAt: null, log: [] });
  expect(world.jobs.waiting).toEqual([]);
}

describe('slack/actions/approve', () => {
  it('records who approved, signs it for the writer until its end, and hands it on', async () => {
    const id = await world.proposed();

    expect(await approve(id)).toBeNull();

    const { state, version, expiresAt, decision, log, manifestHash } = world.record(id);
    expect({ state, version, expiresAt }).toEqual({
      state: 'approved',
      version: 1,
      expiresAt: '2026-01-05T10:30:00.000Z',
    });
    expect(log).toEqual([{ event: 'approve', by: 'U0APPROVER', at: t0.toISOString(), note: '' }]);
    expect(decision).toMatchObject({ approver: 'U0APPROVER', manifestHash, expiresAt });
    expect(verifyDecision(decisionKey, id, decision!)).toBe(true);
    expect(world.jobs.take()).toMatchObject({
      ...{ name: 'apply', queue: 'remediate-lab' },
      payload: { remediationId: id, version: 1, attempt: 0 },
    });
  });

  it('takes the buttons off the card before a writer can draw over it', async () => {
    const id = await world.proposed();

    await approve(id);

    expect(world.threads.shown[0]).toMatchObject({ edits: 1, text: expect.stringContaining('Approved') });
  });

  it.each`
    who                             | user             | reason
    ${'who asked for it'}           | ${'U0ASKER'}     | ${'You asked for this policy'}
    ${'who ran the check'}          | ${'U0CHECKER'}   | ${'You ran the check'}
    ${'somebody without the grant'} | ${'U0NOBODY'}    | ${'You have no grant'}
    ${'somebody Slack hides'}       | ${'U0UNHEARDOF'} | ${'Slack did not say'}
  `('does not take a yes of $who, and says why to that person alone', async ({ user, reason }) => {
    const id = await world.proposed();

    expect(await approve(id, user)).toContain(reason);

    expectUndecided(id);
    expect(world.threads.told).toHaveLength(1);
    expect(world.threads.shown).toHaveLength(1);
  });

  it.each`
    what                           | doing                      | reason
    ${'by a person of other team'} | ${{ team: 'T0PARTNER' }}   | ${'Only members'}
    ${'in a shared channel'}       | ${{ channel: 'C0SHARED' }} | ${'not known here'}
    ${'in another channel'}        | ${{ channel: 'C0OTHER' }}  | ${'not known here'}
  `('does not take a press $what', async ({ doing, reason }) => {
    const id = await world.proposed();

    expect(await approve(id, 'U0APPROVER', doing)).toContain(reason);

    expectUndecided(id);
  });

  it('does not take a press in a channel that has been shared since', async () => {
    const id = await world.proposed();
    world.people.channels.set('C0INCIDENT', 'externally-shared');

    expect(await approve(id)).toContain('shared with another organisation');

    expectUndecided(id);
  });

  it('takes no yes of a guest who was granted it', async () => {
    const id = await world.proposed();
    world.people.persons.set('U0APPROVER', aPerson('gus', { isGuest: true }));

    expect(await approve(id)).toContain('Guests');

    expectUndecided(id);
  });

  it('judges by the grants as they are at the press', async () => {
    const id = await world.proposed();
    world.grants = { grants: [] };

    expect(await approve(id)).toContain('You have no grant');

    expectUndecided(id);
  });

  it('confines a grant to its channels and namespaces', async () => {
    const granted = { users: ['U0APPROVER'], may: ['approve' as const] };
    const id = await world.proposed();

    world.grants = { grants: [{ ...granted, namespaces: ['shop'], channels: ['C0OTHER'] }] };
    expect(await approve(id)).toContain('for other channels');
    world.grants = { grants: [{ ...granted, namespaces: ['pay'] }] };
    expect(await approve(id)).toContain('do not cover namespace shop');

    expectUndecided(id);
  });

  it.each`
    what                                | value
    ${'an id that was never given'}     | ${'rabcdefghijklmnopqrs'}
    ${'the name of an object property'} | ${'constructor'}
  `('knows nothing of $what', async ({ value }) => {
    expect(await approve(value)).toContain('not known here any more');
  });

  it('knows nothing of a record that has gone, or whose cluster is no longer offered', async () => {
    const gone = await world.proposed();
    world.remediations.records.delete(gone);
    const elsewhere = await world.proposed({ cluster: 'old' });

    expect(await approve(gone)).toContain('not known here any more');
    expect(await approve(elsewhere)).toContain('not known here any more');
    expectUndecided(elsewhere);
  });

  it('is too late once the time to decide is over', async () => {
    const id = await world.proposed();
    world.now = new Date(world.record(id).lapsesAt);

    expect(await approve(id)).toContain('time to decide');

    expectUndecided(id);
  });

  it('applies once when two press at the same moment, and tells the other who was first', async () => {
    const id = await world.proposed();

    const answers = await Promise.all([approve(id, 'U0APPROVER'), approve(id, 'U0SECOND')]);

    const { log, decision } = world.record(id);
    expect(world.jobs.waiting).toHaveLength(1);
    expect(log).toHaveLength(1);
    const [winner, loser] = answers[0] === null ? ['approver', answers[1]] : ['second', answers[0]];
    expect(answers).toContain(null);
    expect(loser).toBe(`${winner} has already approved this policy; it is approved.`);
    expect(decision?.approver).toBe(`U0${winner?.toUpperCase()}`);
  });

  it('names the first by id when Slack does not say the name', async () => {
    const id = await world.proposed();
    await approve(id, 'U0SECOND');
    world.people.persons.delete('U0SECOND');

    expect(await approve(id)).toContain('U0SECOND has already approved');
  });

  it('stands although the queue is down, and leaves the step to the sweep', async () => {
    const id = await world.proposed();
    world.jobs.isDown = true;

    expect(await approve(id)).toBeNull();

    expect(world.record(id).state).toBe('approved');
    expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'step left to the sweep', remediationId: id }));
  });

  it('stands although the card cannot be redrawn', async () => {
    const id = await world.proposed();
    world.threads.fail('update', 'message_not_found');

    expect(await approve(id)).toBeNull();

    expect(world.jobs.take().name).toBe('apply');
  });

  it('carries over what the writer noted between the look and the decision', async () => {
    const id = await world.proposed({ cardTs: null });
    onNextSave(world, id, (record) => ({ ...record, version: 1, cardTs: '1700000000.000001' }));

    expect(await approve(id)).toBeNull();

    expect(world.record(id)).toMatchObject({ state: 'approved', version: 2, cardTs: '1700000000.000001' });
  });

  it('is no yes to another manifest than the card showed', async () => {
    const id = await world.proposed();
    onNextSave(world, id, (record) => ({ ...record, version: 1, manifestHash: 'of something wider' }));

    expect(await approve(id)).toContain('Someone else has already decided');

    expect(world.record(id)).toMatchObject({ state: 'proposed', decision: null });
    expect(world.jobs.waiting).toEqual([]);
  });
});

/** Somebody else's save comes first, once. */
function onNextSave({ remediations }: BotWorld, id: string, change: (record: Remediation) => Remediation): void {
  const { save } = remediations;
  remediations.save = (next, expected) => {
    remediations.save = save;
    remediations.records.set(id, change(remediations.records.get(id)!));
    return save(next, expected);
  };
}
