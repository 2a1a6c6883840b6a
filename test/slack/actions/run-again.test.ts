import { beforeEach, describe, expect, it } from 'vitest';
import { cardActions } from '../../../src/slack/views/card.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

const again = (id: string, doing: object = {}) => world.press(cardActions.again, id, { user: 'U0APPROVER', ...doing });

const remember = (id: string, change: object): void =>
  void world.runs.runs.set(id, { ...world.runs.runs.get(id)!, ...change });

describe('slack/actions/run-again', () => {
  it('asks the same in a run of its own, for whoever pressed', async () => {
    const id = await world.checked();
    remember(id, { request: 'prod:shop/deploy/checkout to [2001:db8::1]:53' });

    expect(await again(id)).toBeNull();

    const { queue, payload } = world.jobs.take('diagnose');
    expect(queue).toBe('probe-prod');
    expect(payload).toMatchObject({
      ...{ cluster: 'prod', destination: { host: '2001:db8::1', port: 53 }, requestedBy: 'U0APPROVER' },
      target: { kind: 'workload', namespace: 'shop', workload: 'deploy', name: 'checkout' },
    });
    expect(payload).not.toMatchObject({ requestId: id });
    expect([...world.runs.runs.values()].map(({ requestedBy }) => requestedBy)).toEqual(['U0CHECKER', 'U0APPROVER']);
  });

  it.each`
    what                          | doing                     | reason
    ${'somebody without a grant'} | ${{ user: 'U0NOBODY' }}   | ${'You have no grant'}
    ${'somebody of another team'} | ${{ team: 'T0PARTNER' }}  | ${'Only members'}
    ${'in another channel'}       | ${{ channel: 'C0OTHER' }} | ${'older than a day'}
  `('is judged like a check that is typed: $what', async ({ doing, reason }) => {
    expect(await again(await world.checked(), doing)).toContain(reason);

    expect(world.jobs.waiting).toEqual([]);
  });

  it.each`
    what                                | change
    ${'what was asked is not known'}    | ${{ request: undefined }}
    ${'what was asked cannot be read'}  | ${{ request: 'lab:shop/../../kube-system' }}
    ${'the cluster is not offered now'} | ${{ request: 'old:shop/checkout' }}
  `('starts nothing and says so when $what', async ({ change }) => {
    const id = await world.checked();
    remember(id, change);

    expect(await again(id)).toMatch(/not known any more|is not a namespace|no cluster "old"/);

    expect(world.jobs.waiting).toEqual([]);
  });

  it('starts nothing for a run that is forgotten', async () => {
    expect(await again('6f1c1c1e-0000-4000-8000-000000000000')).toContain('older than a day');
  });
});
