import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { refusalOf, webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;
let client: ReturnType<typeof webClient>;

beforeEach(async () => {
  workspace = await startWorkspace();
  client = webClient(workspace);
});

afterEach(() => workspace.close());

describe('lab/workspace/web-api', () => {
  it('lists the approvers as they are now', async () => {
    const { bob, carol, alice } = workspace.people;
    const listed = await client.usergroups.list({ include_users: true });
    const members = () => client.usergroups.users.list({ usergroup: workspace.approvers });

    expect(listed.usergroups).toMatchObject([{ id: workspace.approvers, handle: 'network-approvers', user_count: 2 }]);
    expect((await members()).users).toEqual([bob.id, carol.id]);
    workspace.setGroup('@network-approvers', ['alice']);
    expect((await members()).users).toEqual([alice.id]);
    const unknown = client.usergroups.users.list({ usergroup: 'S0UNKNOWN0' });
    expect(await refusalOf(unknown)).toMatchObject({ error: 'no_such_subteam' });
  });

  it('tells guests, strangers and the deactivated apart', async () => {
    const { alice, gus, stranger, bob } = workspace.people;
    workspace.deactivate('bob');
    const info = async (user: string) => (await client.users.info({ user })).user;

    expect(await info(alice.id)).toMatchObject({ is_restricted: false, team_id: workspace.team, deleted: false });
    expect(await info(gus.id)).toMatchObject({ is_restricted: true });
    expect(await info(stranger.id)).toMatchObject({ team_id: stranger.teamId, is_stranger: true });
    expect(await info(bob.id)).toMatchObject({ deleted: true });
    expect(await refusalOf(client.users.info({ user: 'U0UNKNOWN0' }))).toMatchObject({ error: 'user_not_found' });
  });

  it('describes channels, and hides private ones that the bot is not in', async () => {
    const { incidents, noBot, archived, shared, hidden } = workspace.channels;
    const info = async (channel: string) => (await client.conversations.info({ channel })).channel;

    expect(await info(incidents.id)).toMatchObject({ is_member: true, is_ext_shared: false, is_archived: false });
    expect(await info(noBot.id)).toMatchObject({ is_member: false });
    expect(await info(archived.id)).toMatchObject({ is_archived: true });
    expect(await info(shared.id)).toMatchObject({ is_ext_shared: true });
    expect(await refusalOf(info(hidden.id))).toMatchObject({ error: 'channel_not_found' });
  });

  it('pages through the members of a channel', async () => {
    const channel = workspace.channels.incidents.id;
    const first = await client.conversations.members({ channel, limit: 3 });
    const cursor = first.response_metadata!.next_cursor!;
    const rest = await client.conversations.members({ channel, limit: 3, cursor });

    expect([...first.members!, ...rest.members!]).toEqual([...workspace.channels.incidents.members]);
    expect(rest.response_metadata?.next_cursor).toBe('');
  });

  it('opens one direct conversation per person', async () => {
    const open = () => client.conversations.open({ users: workspace.people.alice.id });

    const [first, second] = [await open(), await open()];

    expect(second).toMatchObject({ already_open: true, channel: { id: first.channel!.id } });
    const unknown = client.conversations.open({ users: 'U0UNKNOWN0' });
    expect(await refusalOf(unknown)).toMatchObject({ error: 'user_not_found' });
  });

  it('follows the bot in and out of a channel', async () => {
    const post = () => client.chat.postMessage({ channel: workspace.channels.noBot.id, text: 'Hello' });

    expect(await refusalOf(post())).toMatchObject({ error: 'not_in_channel' });
    workspace.invite('ipv6check', 'no-bot');
    expect(await post()).toMatchObject({ ok: true });
    workspace.remove('ipv6check', 'no-bot');
    expect(await refusalOf(post())).toMatchObject({ error: 'not_in_channel' });
  });
});
