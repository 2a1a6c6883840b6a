import { afterEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import type { Grants } from '../../../../src/remediation/grants.ts';
import { lookAtSlack } from '../../../../workers/cli/doctor/slack.ts';

const scopes = ['commands', 'chat:write', 'im:write', 'channels:read', 'groups:read', 'users:read', 'usergroups:read'];

describe('workers/cli/doctor/slack', () => {
  let slack: LabWorkspace;
  afterEach(() => slack.close());

  async function look(
    grants: Grants | null = null,
    over: Record<string, string> = {},
    granted: readonly string[] = scopes,
  ) {
    slack = await startWorkspace({ scopes: granted });
    const { botToken: SLACK_BOT_TOKEN, appToken: SLACK_APP_TOKEN, apiUrl: SLACK_API_URL } = slack;
    return lookAtSlack({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL, ...over }, grants);
  }
  const grantsWith = (channels: string[], userGroups: string[] = []): Grants => ({
    grants: [{ userGroups, channels, namespaces: ['*'], may: ['check'] }],
  });

  it('finds both tokens and all scopes well, and says whose they are', async () => {
    const findings = await look();

    expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[0]?.says).toContain('of workspace Lab');
    expect(JSON.stringify(findings)).not.toContain(slack.botToken);
    expect(JSON.stringify(findings)).not.toContain(slack.appToken);
  });

  it.each(scopes)('names the scope %s when it is missing, with what goes without it', async (scope) => {
    const findings = await look(
      null,
      {},
      scopes.filter((each) => each !== scope),
    );

    const wrong = findings.filter(({ state }) => state !== 'ok');
    expect(wrong).toMatchObject([{ area: 'slack', state: 'wrong', fix: expect.stringContaining(scope) }]);
    expect(wrong[0]?.says).toMatch(new RegExp(`lacks the scope ${scope}: .{20,}`));
  });

  it('finds a bot token wrong that Slack does not take, and looks no further', async () => {
    const findings = await look(grantsWith(['C0INCIDENT']), { SLACK_BOT_TOKEN: 'xoxb-somebody-elses' });

    expect(findings).toMatchObject([{ state: 'wrong', says: 'SLACK_BOT_TOKEN is not taken by Slack: invalid_auth.' }]);
  });

  it('finds an app token wrong that opens no socket, and asks for none where http is used', async () => {
    const wrong = await look(null, { SLACK_APP_TOKEN: 'xapp-old' });
    expect(wrong.at(-1)).toMatchObject({ state: 'wrong', says: expect.stringContaining('invalid_auth') });
    await slack.close();

    const http = await look(null, { SLACK_APP_TOKEN: 'xapp-old', SLACK_MODE: 'http' });
    expect(http.every(({ state }) => state === 'ok')).toBe(true);
  });

  it('says of each channel of the grants whether the bot can answer there', async () => {
    slack = await startWorkspace();
    const { incidents, shared, noBot } = slack.channels;
    const channels = [incidents.id, shared.id, noBot.id, 'C0NOWHERE'];
    slack.archive('incidents');
    const { botToken, apiUrl } = slack;
    const findings = await lookAtSlack({ SLACK_BOT_TOKEN: botToken, SLACK_API_URL: apiUrl }, grantsWith(channels));

    expect(findings.filter(({ area }) => area === 'channels').map(({ state, says }) => `${state} ${says}`)).toEqual([
      `wrong #incidents (${incidents.id}) of the grants is archived.`,
      expect.stringMatching(/^wrong #shared .* another organisation/),
      `wrong The bot is not in #no-bot (${noBot.id}).`,
      'wrong Channel C0NOWHERE of the grants is not to be seen.',
    ]);
  });

  it('is content with a channel that the bot is in, and with a group that has members', async () => {
    const findings = await look(grantsWith(['C0INCIDENT'], ['S0APPROVER']), { APPROVER_GROUP: 'S0APPROVER' });

    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(findings.filter(({ says }) => says.includes('S0APPROVER'))).toHaveLength(1);
    expect(findings.filter(({ area }) => area === 'channels')).toHaveLength(1);
  });

  it('finds a user group wrong that cannot be read', async () => {
    const findings = await look(null, { APPROVER_GROUP: 'S0NOBODY' });

    expect(findings.at(-1)).toMatchObject({ state: 'wrong', says: expect.stringContaining('S0NOBODY cannot be read') });
  });

  it('says nothing without a token: the configuration does', async () => {
    expect(await look(null, { SLACK_BOT_TOKEN: '' })).toEqual([]);
  });
});
