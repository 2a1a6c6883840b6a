import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import type { Grants } from '../../../../src/remediation/grants.ts';
import { explain, type MayAnswer } from '../../../../workers/cli/doctor/may.ts';

const place = { channel: 'C0INCIDENT', cluster: 'prod', namespace: 'shop' };
const everywhere = { namespaces: ['*'] };

describe('workers/cli/doctor/may', () => {
  let slack: LabWorkspace;
  let env: Record<string, string>;
  beforeEach(async () => {
    slack = await startWorkspace();
    env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_API_URL: slack.apiUrl };
  });
  afterEach(() => slack.close());

  const words = (answers: readonly MayAnswer[]) =>
    Object.fromEntries(answers.map(({ right, answer, why }) => [right, `${answer}: ${why}`]));
  const ask = async (user: string, grants: Grants, from = env, where = place, guarded: string[] = []) =>
    words(await explain({ ...place, ...where, user }, grants, from, guarded));

  it('says by which entry somebody may, and by what', async () => {
    const { bob, alice } = slack.people;
    const grants: Grants = {
      grants: [
        { users: [alice.id], ...everywhere, may: ['check'] },
        { userGroups: [slack.approvers], ...everywhere, may: ['check', 'approve'] },
      ],
    };

    expect(await ask(alice.id, grants)).toEqual({
      check: 'yes: Entry 1 of GRANTS_FILE says so, by their id.',
      approve: expect.stringMatching(/^no: You have no grant to decide/),
      'approve-override': expect.stringMatching(/^no: You have no grant to override/),
    });
    expect(await ask(bob.id, grants)).toEqual({
      check: `yes: Entry 2 of GRANTS_FILE says so, by user group ${slack.approvers}.`,
      approve: expect.stringMatching(/^yes: Entry 2 .*another person decides then\.$/),
      'approve-override': expect.stringMatching(/^no: /),
    });
  });

  it.each`
    what                   | grant                                                                                          | why
    ${'another namespace'} | ${{ namespaces: ['web'], may: ['check', 'approve', 'approve-override'] }}                      | ${'do not cover namespace shop of cluster prod'}
    ${'another cluster'}   | ${{ namespaces: ['*'], clusters: ['lab'], may: ['check', 'approve', 'approve-override'] }}     | ${'do not cover namespace shop of cluster prod'}
    ${'another channel'}   | ${{ namespaces: ['*'], channels: ['C0OTHER'], may: ['check', 'approve', 'approve-override'] }} | ${'are for other channels'}
    ${'nothing at all'}    | ${{ namespaces: ['*'], may: [] }}                                                              | ${'no grant'}
  `('says of a grant for $what why it is none here', async ({ grant, why }) => {
    const { id } = slack.people.alice;

    const answers = await ask(id, { grants: [{ users: [id], ...grant }] });

    expect(Object.values(answers)).toHaveLength(3);
    for (const answer of Object.values(answers)) expect(answer).toMatch(new RegExp(`^no: .*${why}`));
  });

  const allTo = (user: string): Grants => ({
    grants: [{ users: [user], ...everywhere, may: ['check', 'approve', 'approve-override'] }],
  });

  it('asks Slack what the grants do not know: a guest may check, and decides nothing', async () => {
    const { id } = slack.people.gus;

    expect(await ask(id, allTo(id))).toEqual({
      check: expect.stringMatching(/^yes: /),
      approve: expect.stringMatching(/^no: Guests/),
      'approve-override': expect.stringMatching(/^no: Guests/),
    });
  });

  it.each`
    what                              | user          | channel
    ${'somebody of another company'}  | ${'stranger'} | ${'incidents'}
    ${'a channel shared with others'} | ${'alice'}    | ${'shared'}
  `('lets $what do nothing', async ({ user, channel }) => {
    const { id } = slack.people[user as 'alice'];
    const where = { ...place, channel: slack.channels[channel as 'shared'].id };

    for (const answer of Object.values(await ask(id, allTo(id), env, where))) expect(answer).toMatch(/^no: /);
  });

  it('lets nobody decide in a protected namespace, and everybody check who may', async () => {
    const { id } = slack.people.alice;

    expect(await ask(id, allTo(id), env, place, ['shop'])).toEqual({
      check: expect.stringMatching(/^yes: /),
      approve: expect.stringMatching(/^no: PROTECTED_NAMESPACES/),
      'approve-override': expect.stringMatching(/^no: PROTECTED_NAMESPACES/),
    });
  });

  const toGroup: Grants = { grants: [{ userGroups: ['S0APPROVER'], ...everywhere, may: ['approve'] }] };

  it('does not know without Slack who is in a group, and says what it depends on', async () => {
    expect(await ask('U0SOMEBODY', toGroup, {})).toEqual({
      check: expect.stringMatching(/^no: /),
      approve: 'unknown: It depends on who is in S0APPROVER, and SLACK_BOT_TOKEN is not set.',
      'approve-override': expect.stringMatching(/^no: /),
    });
    expect((await ask('U0SOMEBODY', allTo('U0SOMEBODY'), {})).check).toMatch(/^yes: .*Slack was not asked/);
  });

  it('takes the silence of Slack for no answer', async () => {
    slack.switches.fail('usergroups.users.list', 'internal_error', 100);
    expect((await ask(slack.people.bob.id, toGroup)).approve).toMatch(/^unknown: .*Slack did not say/);

    slack.switches.fail('users.info', 'internal_error', 100);
    const { id } = slack.people.alice;
    expect((await ask(id, allTo(id))).check).toBe(`unknown: Slack did not say who ${id} is.`);
  });
});
