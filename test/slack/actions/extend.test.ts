import { beforeEach, describe, expect, it } from 'vitest';
import { verifyDecision } from '../../../src/remediation/decision.ts';
import type { Remediation } from '../../../src/remediation/lifecycle.ts';
import { endingActions } from '../../../src/slack/views/reminder.ts';
import { type BotWorld, botWorld, decisionKey } from '../../helpers/bot-world.ts';
import { aPerson } from '../../helpers/fake-people.ts';

const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 5, 10, minutes)).toISOString();
const standing: Partial<Remediation> = {
  ...{ state: 'active', expiresAt: at(30), ttlMinutes: 30 },
  log: [{ event: 'applied', by: 'writer', at: at(0), note: '' }],
};

describe('slack/actions/extend', () => {
  let world: BotWorld;
  let question: string;

  beforeEach(async () => {
    world = botWorld();
    const posted = await world.threads.post({ channel: 'C0INCIDENT' }, { text: 'It ends soon', blocks: [{}] });
    question = posted.ok ? posted.ts : '';
  });
  const extend = (id: string, doing: object = {}) =>
    world.press(endingActions.extend, id, { user: 'U0APPROVER', ts: question, ...doing });
  const letGo = (id: string, doing: object = {}) =>
    world.press(endingActions.letGo, id, { user: 'U0APPROVER', ts: question, ...doing });
  const asked = () => world.threads.shown.find(({ ts }) => ts === question)?.text;

  it('moves the end by the policy’s own length, signed, and has a writer do it', async () => {
    const id = await world.proposed(standing);

    expect(await extend(id)).toBeNull();

    const record = world.record(id);
    expect(record).toMatchObject({ state: 'active', version: 1, expiresAt: at(60) });
    expect(record.decision).toMatchObject({ approver: 'U0APPROVER', expiresAt: at(60) });
    expect(verifyDecision(decisionKey, id, record.decision!)).toBe(true);
    expect(world.jobs.take()).toMatchObject({ name: 'extend', payload: { remediationId: id, version: 1 } });
    expect(asked()).not.toContain('ends soon');
  });

  it('goes no further than the maximum from its creation, and then no further at all', async () => {
    const id = await world.proposed({ ...standing, expiresAt: at(225) });
    expect(await extend(id)).toBeNull();
    expect(world.record(id).expiresAt).toBe(at(239));

    expect(await extend(id)).toContain('longer than 240 minutes');
    expect(world.record(id).version).toBe(1);
  });

  it.each`
    who                        | doing                                        | reason
    ${'who asked for it'}      | ${{ user: 'U0ASKER' }}                       | ${'You asked for this policy'}
    ${'who ran the check'}     | ${{ user: 'U0CHECKER' }}                     | ${'You ran the check'}
    ${'nobody in particular'}  | ${{ user: 'U0NOBODY' }}                      | ${'You have no grant'}
    ${'somebody of a partner'} | ${{ user: 'U0APPROVER', team: 'T0PARTNER' }} | ${'Only members'}
    ${'from another channel'}  | ${{ channel: 'C0OTHER' }}                    | ${'not known here'}
  `('is not granted to $who', async ({ doing, reason }) => {
    const id = await world.proposed(standing);

    expect(await extend(id, doing)).toContain(reason);
    expect(world.record(id)).toMatchObject({ version: 0, expiresAt: at(30) });
    expect(world.jobs.waiting).toEqual([]);
  });

  it('is not granted to a guest', async () => {
    world.people.persons.set('U0APPROVER', aPerson('gus', { isGuest: true }));

    expect(await extend(await world.proposed(standing))).toContain('Guests');
  });

  it('extends once when two people press at once', async () => {
    const id = await world.proposed(standing);
    const answers = await Promise.all([extend(id), extend(id, { user: 'U0SECOND' })]);

    expect(world.record(id)).toMatchObject({ version: 1, expiresAt: at(60) });
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it('extends nothing that has ended', async () => {
    const id = await world.proposed({ ...standing, state: 'reverting' });

    expect(await extend(id)).toContain('reverting');
    expect(world.jobs.waiting).toEqual([]);
  });

  it('lets it go: nothing changes but the question', async () => {
    const id = await world.proposed(standing);

    expect(await letGo(id)).toContain('It ends');
    expect(world.record(id)).toMatchObject({ version: 0, expiresAt: at(30) });
    expect(asked()).not.toContain('ends soon');
    expect(await letGo(id, { user: 'U0NOBODY' })).toContain('You have no grant');
  });
});
