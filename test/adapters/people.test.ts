import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../lab/workspace/workspace.ts';
import { slackPeople } from '../../src/adapters/people.ts';
import type { People } from '../../src/ports.ts';

/** Each question, and the method of Slack's that answers it. */
const questions = [
  { question: 'ourTeam', method: 'auth.test', ask: (people: People) => people.ourTeam() },
  { question: 'person', method: 'users.info', ask: (people: People) => people.person('U0LABALICE') },
  { question: 'membersOf', method: 'usergroups.users.list', ask: (people: People) => people.membersOf('S0APPROVER') },
  { question: 'channel', method: 'conversations.info', ask: (people: People) => people.channel('C0INCIDENT') },
];

let slack: LabWorkspace;
let people: People;

const asking = (token: string, timeoutMs = 2_000) => slackPeople({ token, apiUrl: slack.apiUrl, timeoutMs });

beforeEach(async () => {
  slack = await startWorkspace();
  people = asking(slack.botToken);
});
afterEach(() => slack.close());

describe('adapters/people', () => {
  it('says which team the app belongs to, and asks once', async () => {
    expect(await people.ourTeam()).toBe(slack.team);
    expect(await people.ourTeam()).toBe(slack.team);

    expect(slack.calls('auth.test')).toHaveLength(1);
  });

  it.each`
    name          | over
    ${'alice'}    | ${{ name: 'alice', teamId: 'T0LABTEAM' }}
    ${'gus'}      | ${{ name: 'gus', teamId: 'T0LABTEAM', isGuest: true }}
    ${'stranger'} | ${{ name: 'stranger', teamId: 'T0PARTNER' }}
  `('says who $name is, and of which team', async ({ name, over }) => {
    const { id } = slack.people[name as keyof LabWorkspace['people']]; // one of the names above

    expect(await people.person(id)).toEqual({ isGuest: false, isBot: false, isDeactivated: false, ...over });
  });

  it('tells a bot and a deactivated account from a person', async () => {
    slack.deactivate('alice');

    expect(await people.person(slack.bot)).toMatchObject({ isBot: true });
    expect(await people.person(slack.people.alice.id)).toMatchObject({ isDeactivated: true });
  });

  it('asks for the members of a group each time', async () => {
    const { alice, bob } = slack.people;
    slack.setGroup('network-approvers', [alice, bob]);
    expect(await people.membersOf(slack.approvers)).toEqual([alice.id, bob.id]);

    slack.setGroup('network-approvers', [bob]);
    expect(await people.membersOf(slack.approvers)).toEqual([bob.id]);
  });

  it.each`
    channel         | kind
    ${'C0INCIDENT'} | ${'own'}
    ${'C0NOBOT000'} | ${'own'}
    ${'C0SHARED00'} | ${'externally-shared'}
    ${'C0HIDDEN00'} | ${'unseen'}
    ${'C0NOWHERE0'} | ${'unseen'}
  `('says of channel $channel that it is $kind', async ({ channel, kind }) => {
    expect(await people.channel(channel)).toBe(kind);
  });

  describe.each(questions)('$question', ({ method, ask }) => {
    it.each(['missing_scope', 'internal_error', 'account_inactive'])('is null when Slack answers %s', async (error) => {
      slack.switches.fail(method, error);

      expect(await ask(people)).toBeNull();
    });

    it('is null when Slack is busy, and does not wait for it', async () => {
      slack.switches.rateLimit(method, { retryAfterSeconds: 60 });

      expect(await ask(people)).toBeNull();
      expect(slack.calls(method)).toHaveLength(1);
    });

    it('is null when the answer is lost or late', async () => {
      slack.switches.loseAnswer(method);
      expect(await ask(people)).toBeNull();

      slack.switches.delay(method, 2_000);
      expect(await ask(asking(slack.botToken, 100))).toBeNull();
    });

    it('is null for a token that Slack does not know, and for a Slack that is not there', async () => {
      expect(await ask(asking('xoxb-fake'))).toBeNull();
      expect(await ask(slackPeople({ token: slack.botToken, apiUrl: 'http://127.0.0.1:9/api/' }))).toBeNull();
    });

    it('is answered the next time, for silence is not remembered', async () => {
      slack.switches.fail(method, 'internal_error');
      await ask(people);

      expect(await ask(people)).not.toBeNull();
    });
  });

  it('is null about a person and a group that are nobody’s', async () => {
    expect(await people.person('U0NOBODY00')).toBeNull();
    expect(await people.membersOf('S0NOBODY00')).toBeNull();
  });
});
