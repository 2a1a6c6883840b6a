import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { refusalOf, webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;
let chat: ReturnType<typeof webClient>['chat'];

beforeEach(async () => {
  workspace = await startWorkspace();
  chat = webClient(workspace).chat;
});

afterEach(() => workspace.close());

const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
const in_ = (channel: string) => ({ channel, text: 'Hello' });

describe('lab/workspace/web-api/chat', () => {
  it('posts, replies, edits in place and deletes', async () => {
    const { incidents } = workspace.channels;
    const { ts } = await chat.postMessage({ channel: incidents.id, text: 'Checking', blocks: [section('Checking')] });
    const reply = await chat.postMessage({ channel: incidents.id, text: 'Evidence', thread_ts: ts! });
    await chat.update({ channel: incidents.id, ts: ts!, text: 'Reachable', blocks: [section('Reachable')] });

    expect(workspace.messages('incidents')).toMatchObject([{ ts, text: 'Reachable', edits: 1 }]);
    expect(workspace.thread('incidents', ts!).map(({ text }) => text)).toEqual(['Reachable', 'Evidence']);

    await chat.delete({ channel: incidents.id, ts: reply.ts! });

    expect(workspace.thread('incidents', ts!)).toHaveLength(1);
  });

  it('keeps the old blocks when an edit brings only text', async () => {
    const { incidents } = workspace.channels;
    const { ts } = await chat.postMessage({ channel: incidents.id, text: 'Old', blocks: [section('Old card')] });

    await chat.update({ channel: incidents.id, ts: ts!, text: 'New' });

    expect(workspace.messages('incidents')[0]).toMatchObject({ text: 'New', blocks: [section('Old card')] });
    expect(workspace.text('incidents')).toContain('Old card');
  });

  it('keeps metadata, also through an edit that brings none', async () => {
    const metadata = { event_type: 'ipv6check_run', event_payload: { run: 'r-1' } };
    const { channel, ts } = await chat.postMessage({ ...in_(workspace.channels.incidents.id), metadata });

    await chat.update({ channel: channel!, ts: ts!, text: 'New' });

    expect(workspace.current({ channel: channel!, ts: ts! })?.metadata).toEqual(metadata);
  });

  it.each`
    channel         | error
    ${'C0UNKNOWN1'} | ${'channel_not_found'}
    ${'C0NOBOT000'} | ${'not_in_channel'}
    ${'C0ARCHIVED'} | ${'is_archived'}
    ${'C0HIDDEN00'} | ${'channel_not_found'}
    ${'incidents'}  | ${'channel_not_found'}
  `('refuses to post into $channel with $error', async ({ channel, error }) => {
    expect(await refusalOf(chat.postMessage(in_(channel)))).toMatchObject({ error });
    expect(await refusalOf(chat.update({ ...in_(channel), ts: '1.000001' }))).toMatchObject({ error });
  });

  it.each`
    what                     | args                                                                                     | error
    ${'nothing at all'}      | ${{}}                                                                                    | ${'no_text'}
    ${'only spaces'}         | ${{ text: '  ' }}                                                                        | ${'no_text'}
    ${'over-long text'}      | ${{ text: 'x'.repeat(40_001) }}                                                          | ${'msg_too_long'}
    ${'no list of blocks'}   | ${{ text: 'a', blocks: 'section' }}                                                      | ${'invalid_blocks_format'}
    ${'too much in all'}     | ${{ text: 'a', blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_700))) }}    | ${'msg_blocks_too_long'}
    ${'an unknown thread'}   | ${{ text: 'a', thread_ts: '1700000000.000001' }}                                         | ${'thread_not_found'}
    ${'shapeless metadata'}  | ${{ text: 'a', metadata: { run: 1 } }}                                                   | ${'invalid_metadata_format'}
    ${'over-large metadata'} | ${{ text: 'a', metadata: { event_type: 'a', event_payload: { b: 'x'.repeat(8_000) } } }} | ${'metadata_too_large'}
  `('refuses $what with $error', async ({ args, error }) => {
    const posting = webClient(workspace).apiCall('chat.postMessage', {
      channel: workspace.channels.incidents.id,
      ...args,
    });

    expect(await refusalOf(posting)).toMatchObject({ error });
    expect(workspace.messages('incidents')).toEqual([]);
  });

  it('says where the blocks are wrong', async () => {
    const blocks = [section('fine'), section('x'.repeat(3_001))];
    const posting = chat.postMessage({ channel: workspace.channels.incidents.id, text: 'a', blocks });

    expect(await refusalOf(posting)).toEqual({
      error: 'invalid_blocks',
      messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]'],
    });
  });

  it('edits only what is there and its own', async () => {
    const channel = workspace.channels.incidents.id;
    const { ts } = workspace.say('alice', 'incidents', 'Mine');

    expect(await refusalOf(chat.update({ channel, ts, text: 'Yours' }))).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await refusalOf(chat.delete({ channel, ts }))).toMatchObject({ error: 'cant_delete_message' });
    const missing = chat.update({ channel, ts: '1.000001', text: 'a' });
    expect(await refusalOf(missing)).toMatchObject({ error: 'message_not_found' });
  });

  it('shows an ephemeral message to one member, and to nobody by its timestamp', async () => {
    const channel = workspace.channels.incidents.id;
    const { alice, stranger } = workspace.people;
    const { message_ts } = await chat.postEphemeral({ channel, user: alice.id, text: 'For you' });

    expect(workspace.ephemerals('alice')).toMatchObject([{ text: 'For you', ts: message_ts }]);
    expect(workspace.visibleTo('carol', 'incidents')).toEqual([]);
    expect(workspace.text('incidents')).not.toContain('For you');
    expect(workspace.text('incidents', 'alice')).toContain('only @alice sees this');
    const edit = chat.update({ channel, ts: message_ts!, text: 'a' });
    expect(await refusalOf(edit)).toMatchObject({ error: 'message_not_found' });
    const reply = chat.postMessage({ channel, text: 'a', thread_ts: message_ts! });
    expect(await refusalOf(reply)).toMatchObject({ error: 'thread_not_found' });
    const outsider = chat.postEphemeral({ channel, user: stranger.id, text: 'a' });
    expect(await refusalOf(outsider)).toMatchObject({ error: 'user_not_in_channel' });
  });

  it('writes to a person directly, whether the conversation was open or not', async () => {
    const { bob } = workspace.people;
    const first = await chat.postMessage({ channel: bob.id, text: 'One' });
    const opened = await webClient(workspace).conversations.open({ users: bob.id });
    await chat.postMessage({ channel: opened.channel!.id!, text: 'Two' });

    expect(first.channel).toBe(opened.channel?.id);
    expect(workspace.visibleTo('bob', first.channel!).map(({ text }) => text)).toEqual(['One', 'Two']);
    expect(workspace.visibleTo('carol', first.channel!)).toEqual([]);
  });

  it('lets a thread outlive its deleted first message only while it has replies', async () => {
    const { channel, ts } = await chat.postMessage(in_(workspace.channels.incidents.id));
    const reply = await chat.postMessage({ channel: channel!, text: 'Reply', thread_ts: ts! });
    const again = () => chat.postMessage({ channel: channel!, text: 'Again', thread_ts: ts! });

    workspace.deleteMessage({ channel: channel!, ts: ts! });
    const { ts: second } = await again();
    workspace.deleteMessage({ channel: channel!, ts: reply.ts! });
    workspace.deleteMessage({ channel: channel!, ts: second! });

    expect(await refusalOf(again())).toMatchObject({ error: 'thread_not_found' });
  });

  it('links to a message', async () => {
    const { channel, ts } = await chat.postMessage(in_(workspace.channels.incidents.id));

    const { permalink } = await chat.getPermalink({ channel: channel!, message_ts: ts! });

    expect(permalink).toBe(`https://lab.slack.com/archives/${channel}/p${ts!.replace('.', '')}`);
  });

  it('records mentions and links wherever they are', async () => {
    const { bob } = workspace.people;
    const blocks = [section(`<!subteam^${workspace.approvers}> and &lt;!channel&gt; see <https://example.org|here>`)];
    await chat.postMessage({ channel: workspace.channels.incidents.id, text: `<@${bob.id}|bob> <!here>`, blocks });

    expect(workspace.messages('incidents')[0]).toMatchObject({
      mentions: [`<@${bob.id}>`, '<!here>', `<!subteam^${workspace.approvers}>`],
      links: ['https://example.org'],
    });
  });

  it('refuses an edit that changes nothing or leaves nothing', async () => {
    const { channel, ts } = await chat.postMessage(in_(workspace.channels.incidents.id));
    const update = (args: object) => webClient(workspace).apiCall('chat.update', { channel, ts, ...args });

    expect(await refusalOf(update({}))).toMatchObject({ error: 'no_text' });
    expect(await refusalOf(update({ text: '', blocks: [] }))).toMatchObject({ error: 'no_text' });
    expect(workspace.current({ channel: channel!, ts: ts! })).toMatchObject({ text: 'Hello', edits: 0 });
  });
});
