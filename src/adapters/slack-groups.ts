import { type SlackOptions, slackClient } from './slack.ts';

/** Which of these user groups a person is in now. Throws when Slack does not say: nobody is let in on a guess. */
export function slackGroups(options: SlackOptions): (user: string, groups: readonly string[]) => Promise<string[]> {
  const client = slackClient(options);
  return async (user, groups) => {
    const memberships = await Promise.all(
      groups.map(async (usergroup) => {
        const { users = [] } = await client.usergroups.users.list({ usergroup }).catch((cause: unknown) => {
          throw new Error(`Slack did not say who is in the user group ${usergroup}`, { cause });
        });
        return users.includes(user) ? [usergroup] : [];
      }),
    );
    return memberships.flat();
  };
}
