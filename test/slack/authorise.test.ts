import { beforeEach, describe, expect, it } from 'vitest';
import type { Grants } from '../../src/remediation/grants.ts';
import { authorise, type Right } from '../../src/slack/authorise.ts';
import { aPerson, type FakePeople, fakePeople } from '../helpers/fake-people.ts';

const asker = { user: 'U0ALICE', teamId: 'T0HOME', channel: 'C0HERE', responseUrl: '' };
const where = { cluster: 'lab', namespace: 'shop' };
const everything: Grants = { grants: [{ users: ['U0ALICE'], namespaces: ['*'], may: ['check', 'approve'] }] };
const byGroup = (...userGroups: string[]): Grants => ({
  grants: [{ userGroups, namespaces: ['*'], may: ['check', 'approve'] }],
});

let people: FakePeople;
beforeEach(() => {
  people = fakePeople();
  people.channels.set('C0HERE', 'own');
  people.persons.set('U0ALICE', aPerson('alice'));
});

const ask = (right: Right, grants: Grants = everything, change: object = {}) =>
  authorise({ people, grants: { current: () => grants } }, { ...asker, ...change }, where, right);

describe('slack/authorise', () => {
  it.each(['check', 'ask', 'approve'] as const)(
    'allows a member with a grant to %s in a channel of ours',
    async (right) => {
      expect(await ask(right)).toEqual({ ok: true });
    },
  );

  describe.each(['check', 'ask', 'approve'] as const)('to %s', (right) => {
    it.each`
      who                                | change                     | reason
      ${'a person of another team'}      | ${{ teamId: 'T0PARTNER' }} | ${'Only members of this workspace'}
      ${'a person whose team is unsaid'} | ${{ teamId: undefined }}   | ${'Only members of this workspace'}
      ${'a person whose team is empty'}  | ${{ teamId: '' }}          | ${'Only members of this workspace'}
      ${'a person without a grant'}      | ${{ user: 'U0BOB' }}       | ${/no grant|who you are/}
    `('refuses $who', async ({ change, reason }) => {
      expect(await ask(right, everything, change)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
    });

    it('refuses in a channel that is shared with another organisation', async () => {
      people.channels.set('C0HERE', 'externally-shared');

      expect(await ask(right)).toMatchObject({ ok: false, reason: expect.stringContaining('shared with another') });
    });

    it.each`
      what               | hush
      ${'the workspace'} | ${(slack: FakePeople) => void Object.assign(slack, { team: null })}
      ${'the channel'}   | ${(slack: FakePeople) => slack.channels.clear()}
    `('counts silence about $what as a no, and says so', async ({ hush }) => {
      hush(people);

      expect(await ask(right)).toMatchObject({
        ok: false,
        isSilence: true,
        reason: expect.stringContaining('Slack did'),
      });
    });

    it('allows nobody when nothing is granted', async () => {
      expect(await ask(right, { grants: [] })).toMatchObject({ ok: false });
    });
  });

  it('takes a channel that the app cannot look into for one where only the person reads the answer', async () => {
    people.channels.set('C0HERE', 'unseen');

    expect(await ask('check')).toEqual({ ok: true });
  });

  describe.each(['ask', 'approve'] as const)('of a person who wants to %s', (right) => {
    it.each`
      who                      | over                       | reason
      ${'guest'}               | ${{ isGuest: true }}       | ${'Guests'}
      ${'bot'}                 | ${{ isBot: true }}         | ${'Only people'}
      ${'deactivated account'} | ${{ isDeactivated: true }} | ${'Only people'}
      ${'stranger by profile'} | ${{ teamId: 'T0PARTNER' }} | ${'Only members'}
    `('refuses a $who, whatever the grants say', async ({ over, reason }) => {
      people.persons.set('U0ALICE', aPerson('alice', over));

      expect(await ask(right)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    });

    it('counts silence about the person as a no', async () => {
      people.persons.clear();

      expect(await ask(right)).toMatchObject({ ok: false, isSilence: true });
    });
  });

  it('lets a guest check what a grant names, and decide nothing', async () => {
    people.persons.set('U0ALICE', aPerson('alice', { isGuest: true }));

    expect(await ask('check')).toEqual({ ok: true });
    expect(await ask('approve')).toMatchObject({ ok: false });
  });

  it.each`
    right        | may                     | isAllowed
    ${'check'}   | ${['check']}            | ${true}
    ${'ask'}     | ${['check']}            | ${true}
    ${'approve'} | ${['check']}            | ${false}
    ${'check'}   | ${['approve']}          | ${false}
    ${'ask'}     | ${['approve']}          | ${false}
    ${'approve'} | ${['approve']}          | ${true}
    ${'approve'} | ${['approve-override']} | ${false}
  `('of a grant for $may: $right is $isAllowed', async ({ right, may, isAllowed }) => {
    const grants: Grants = { grants: [{ users: ['U0ALICE'], namespaces: ['shop'], may }] };

    expect((await ask(right, grants)).ok).toBe(isAllowed);
  });

  describe('of user groups', () => {
    it('asks for the members each time, so that who has left is out', async () => {
      people.groups.set('S0NET', ['U0ALICE']);
      expect(await ask('approve', byGroup('S0NET'))).toEqual({ ok: true });

      people.groups.set('S0NET', []);
      expect(await ask('approve', byGroup('S0NET'))).toMatchObject({
        ok: false,
        reason: expect.stringContaining('grant'),
      });
      expect(people.asked.filter((what) => what === 'membersOf S0NET')).toHaveLength(2);
    });

    it('counts silence about a group as a no, and says that it is silence', async () => {
      expect(await ask('approve', byGroup('S0NET'))).toMatchObject({ ok: false, isSilence: true });
    });

    it('needs no answer about one group when another has the person', async () => {
      people.groups.set('S0NET', ['U0ALICE']);

      expect(await ask('approve', byGroup('S0SILENT', 'S0NET'))).toEqual({ ok: true });
    });

    it('asks about none when the name is enough, and about none of a right that is not asked for', async () => {
      people.groups.set('S0CHECK', ['U0ALICE']);
      const grants: Grants = {
        grants: [
          ...everything.grants,
          { userGroups: ['S0CHECK'], namespaces: ['*'], may: ['check'] },
          { userGroups: ['S0APPROVE'], namespaces: ['*'], may: ['approve'] },
        ],
      };

      await ask('approve', grants);
      expect(people.asked.filter((what) => what.startsWith('membersOf'))).toEqual([]);

      await ask('check', { grants: grants.grants.slice(1) });
      expect(people.asked.filter((what) => what.startsWith('membersOf'))).toEqual(['membersOf S0CHECK']);
    });

    it('finds the right to ask in the groups that check', async () => {
      people.groups.set('S0CHECK', ['U0ALICE']);
      const grants: Grants = { grants: [{ userGroups: ['S0CHECK'], namespaces: ['*'], may: ['check'] }] };

      expect(await ask('ask', grants)).toEqual({ ok: true });
    });

    it('does not take the group that approves for one that checks', async () => {
      people.groups.set('S0CHECK', ['U0ALICE']);
      people.groups.set('S0APPROVE', ['U0BOB']);
      const grants: Grants = {
        grants: [
          { userGroups: ['S0CHECK'], namespaces: ['*'], may: ['check'] },
          { userGroups: ['S0APPROVE'], namespaces: ['*'], may: ['approve'] },
        ],
      };

      expect((await ask('check', grants)).ok).toBe(true);
      expect((await ask('approve', grants)).ok).toBe(false);
    });
  });
});
