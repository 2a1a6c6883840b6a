import { beforeEach, describe, expect, it } from 'vitest';
import { approvalActions } from '../../../src/slack/views/approval.ts';
import { type BotWorld, botWorld } from '../../helpers/bot-world.ts';
import { aPerson } from '../../helpers/fake-people.ts';

let world: BotWorld;
beforeEach(() => {
  world = botWorld();
});

/** The two doors to it: the card's button and the command. */
const doors = [
  {
    door: 'the button',
    revoke: (id: string, doing: object) => world.press(approvalActions.revoke, id, doing),
  },
  {
    door: 'the command',
    revoke: async (id: string, doing: object) => (await world.command(`revoke ${id}`, doing))?.text ?? null,
  },
];

describe('slack/actions/revoke', () => {
  describe.each(doors)('by $door', ({ revoke }) => {
    it.each(['approved', 'verifying', 'active'] as const)('ends a policy that is %s, at once', async (state) => {
      const id = await world.proposed({ state, expiresAt: '2026-01-05T10:30:00.000Z' });

      expect(await revoke(id, { user: 'U0APPROVER' })).toContain('Revoked.');

      expect(world.record(id)).toMatchObject({ state: 'reverting', log: [{ event: 'revoke', by: 'U0APPROVER' }] });
      expect(world.jobs.take()).toMatchObject({
        ...{ name: 'revert', queue: 'remediate-lab', delayMs: 0 },
        payload: { remediationId: id, version: 1 },
      });
      expect(world.threads.shown[0]?.text).toContain('Ending');
    });

    it('is granted to who asked for it, with the right to check', async () => {
      world.grants = { grants: [{ users: ['U0ASKER'], namespaces: ['shop'], may: ['check'] }] };
      const id = await world.proposed({ state: 'active' });

      expect(await revoke(id, { user: 'U0ASKER' })).toContain('Revoked.');
    });

    it.each`
      what                          | doing                                          | reason
      ${'nobody in particular'}     | ${{ user: 'U0NOBODY' }}                        | ${'You have no grant'}
      ${'somebody of another team'} | ${{ user: 'U0APPROVER', team: 'T0PARTNER' }}   | ${'Only members'}
      ${'in a shared channel'}      | ${{ user: 'U0APPROVER', channel: 'C0SHARED' }} | ${'shared with another'}
    `('is not granted to $what', async ({ doing, reason }) => {
      const id = await world.proposed({ state: 'active' });

      expect(await revoke(id, doing)).toContain(reason);

      expect(world.record(id)).toMatchObject({ state: 'active', version: 0 });
      expect(world.jobs.waiting).toEqual([]);
    });

    it('is not granted to a guest', async () => {
      world.people.persons.set('U0APPROVER', aPerson('gus', { isGuest: true }));
      const id = await world.proposed({ state: 'active' });

      expect(await revoke(id, { user: 'U0APPROVER' })).toContain('Guests');
      expect(world.record(id).state).toBe('active');
    });

    it('works from another channel of ours, where no grant confines it', async () => {
      const id = await world.proposed({ state: 'active' });

      expect(await revoke(id, { user: 'U0APPROVER', channel: 'C0OTHER' })).toContain('Revoked.');
    });

    it('keeps to the channels of a grant', async () => {
      const id = await world.proposed({ state: 'active' });
      world.grants = {
        grants: [{ users: ['U0APPROVER'], namespaces: ['*'], channels: ['C0OTHER'], may: ['approve'] }],
      };

      expect(await revoke(id, { user: 'U0APPROVER' })).toContain('for other channels');
      expect(await revoke(id, { user: 'U0APPROVER', channel: 'C0OTHER' })).toContain('Revoked.');
    });

    it('removes once when two end it at the same moment, and tells the other who was first', async () => {
      const id = await world.proposed({ state: 'active' });

      const answers = await Promise.all(['U0APPROVER', 'U0SECOND'].map((user) => revoke(id, { user })));

      expect(world.jobs.waiting).toHaveLength(1);
      expect(answers.filter((answer) => answer?.startsWith('Revoked.'))).toHaveLength(1);
      expect(answers.find((answer) => !answer?.startsWith('Revoked.'))).toMatch(
        /^(approver|second) has already revoked/,
      );
    });

    it.each`
      state         | words
      ${'proposed'} | ${'Reject it on its card'}
      ${'stuck'}    | ${'it is stuck'}
      ${'reverted'} | ${'it is reverted'}
    `('says how it stands with a policy that is $state', async ({ state, words }) => {
      const log = [{ event: 'expire', by: 'writer', at: '2026-01-05T10:30:00.000Z', note: '' }];
      const id = await world.proposed({ state, log });

      expect(await revoke(id, { user: 'U0APPROVER' })).toContain(words);
      expect(world.jobs.waiting).toEqual([]);
    });

    it('knows nothing of a record that has gone or of a cluster that is not offered', async () => {
      const elsewhere = await world.proposed({ state: 'active', cluster: 'old' });

      expect(await revoke('rabcdefghijklmnopqrs', { user: 'U0APPROVER' })).toContain('not known here any more');
      expect(await revoke(elsewhere, { user: 'U0APPROVER' })).toContain('not known here any more');
    });
  });
});
