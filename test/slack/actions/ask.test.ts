import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { cardActions } from '../../../src/slack/views/card.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';
import { aPerson } from '../../helpers/fake-people.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const ask = (id: string, doing: object = {}) => world.press(cardActions.ask, id, { user: 'U0ASKER', ...doing });

describe('slack/actions/ask', () => {
  it('has a writer plan it, and names who checked and who asked', async () => {
    const id = await world.checked();

    expect(await ask(id)).toBeNull();

    const { queue, payload } = world.jobs.take('propose');
    expect(queue).toBe('remediate-lab');
    expect(payload).toEqual({
      ...{ v: 1, remediationId: expect.stringMatching(/^r[a-z0-9]{19}$/), cluster: 'lab', requestId: id },
      ...{ team: 'T0HOME', channel: 'C0INCIDENT', threadTs: '1700000000.000100' },
      ...{ checkedBy: 'U0CHECKER', requestedBy: 'U0ASKER', breadth: 'all', names: {} },
    });
  });

  it('asks to open the destination alone where the check named one', async () => {
    const press = (id: string) => world.press(cardActions.askForDestination, id, { user: 'U0ASKER' });
    const { request } = world.report;
    const named = await world.checked({ request: { ...request, destination: '[2001:db8::1]:443' } });

    expect(await press(named)).toBeNull();
    expect(world.jobs.take('propose').payload).toMatchObject({ breadth: 'destination' });
    const unnamed = await world.checked({ id: randomUUID(), request: { ...request, destination: null } });
    expect(await press(unnamed)).toContain('named no destination');
  });

  it('gives every proposal an id of its own', async () => {
    for (let count = 0; count < 20; count += 1) await ask(await world.checked({ id: randomUUID() }));

    const ids = world.jobs.waiting.map(({ payload }) => JSON.stringify(payload).match(/r[a-z0-9]{19}/)?.[0]);
    expect(new Set(ids).size).toBe(20);
  });

  it.each`
    what                          | doing                     | reason
    ${'somebody without a grant'} | ${{ user: 'U0NOBODY' }}   | ${'You have no grant'}
    ${'somebody of another team'} | ${{ team: 'T0PARTNER' }}  | ${'Only members'}
    ${'in another channel'}       | ${{ channel: 'C0OTHER' }} | ${'Run the check again'}
  `('asks for nothing: $what', async ({ doing, reason }) => {
    const id = await world.checked();

    expect(await ask(id, doing)).toContain(reason);

    expect(world.jobs.waiting).toEqual([]);
    expect(world.claims.taken.has(`propose-${id}`)).toBe(false);
  });

  it('asks for nothing for a guest, and for nothing in a channel that has been shared since', async () => {
    const id = await world.checked();
    world.people.persons.set('U0ASKER', aPerson('gus', { isGuest: true }));
    expect(await ask(id)).toContain('Guests');

    world.people.persons.set('U0ASKER', aPerson('asker'));
    world.people.channels.set('C0INCIDENT', 'externally-shared');
    expect(await ask(id)).toContain('shared with another');

    expect(world.jobs.waiting).toEqual([]);
  });

  it('says why no policy is offered, whatever button was kept', async () => {
    const remediation = { offered: false, refusal: 'Nothing isolates the pod.', manifest: null };
    const id = await world.checked({ remediation });

    expect(await ask(id)).toBe('Nothing isolates the pod.');

    expect(world.jobs.waiting).toEqual([]);
  });

  it.each`
    what                          | forget
    ${'the report is gone'}       | ${(id: string) => world.runs.reports.delete(id)}
    ${'the run is gone'}          | ${(id: string) => world.runs.runs.delete(id)}
    ${'the run never had a card'} | ${(id: string) => world.runs.runs.set(id, { ...world.runs.runs.get(id)!, cardTs: null })}
  `('sends to a new check when $what', async ({ forget }) => {
    const id = await world.checked();
    forget(id);

    expect(await ask(id)).toContain('Run the check again');

    expect(world.jobs.waiting).toEqual([]);
  });

  it('asks for nothing in a cluster that is no longer offered', async () => {
    const id = await world.checked({ request: { cluster: 'old', target: 'shop/checkout', destination: null } });

    expect(await ask(id)).toBe('There is no cluster "old" here any more.');
  });

  it('asks once when two press at the same moment, and tells the other', async () => {
    const id = await world.checked();

    const answers = await Promise.all([ask(id), ask(id, { user: 'U0APPROVER' })]);

    expect(world.jobs.waiting).toHaveLength(1);
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    expect(answers.find((answer) => answer !== null)).toContain('asked for a moment ago');
  });

  it('asks for no second one while the first is open, and for another once it has ended', async () => {
    const id = await world.checked();
    const first = await world.proposed({ requestId: id });

    expect(await ask(id)).toContain('already been asked for');
    world.remediations.records.set(first, { ...world.record(first), state: 'reverted' });
    expect(await ask(id)).toBeNull();

    expect(world.jobs.waiting).toHaveLength(1);
  });

  it('says why when the queue does not take it', async () => {
    const id = await world.checked();
    world.jobs.isDown = true;

    expect(await ask(id)).toBe('Redis does not answer');
  });
});
