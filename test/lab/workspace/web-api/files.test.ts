import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { refusalOf, webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;

beforeEach(async () => {
  workspace = await startWorkspace();
});

afterEach(() => workspace.close());

const client = () => webClient(workspace);
const put = (url: string, bytes: string) => fetch(url, { method: 'POST', body: bytes });

describe('lab/workspace/web-api/files', () => {
  it("takes what the real client's uploader sends, into the thread", async () => {
    const channel = workspace.channels.incidents.id;
    const { ts } = await client().chat.postMessage({ channel, text: 'Card' });

    await client().filesUploadV2({
      channel_id: channel,
      thread_ts: ts!,
      initial_comment: 'The path',
      filename: 'path.svg',
      title: 'Path',
      file: Buffer.from('<svg/>'),
    });

    const reply = workspace.thread('incidents', ts!).at(-1)!;
    expect(reply).toMatchObject({ text: 'The path', files: [{ name: 'path.svg', title: 'Path' }] });
    expect(workspace.file(reply.files![0]!.id)).toMatchObject({ type: 'image/svg+xml', file: { length: 6 } });
  });

  it('takes bytes once, and only as many as were announced', async () => {
    const { upload_url: url = '', file_id: id = '' } = await client().files.getUploadURLExternal({
      filename: 'a.txt',
      length: 3,
    });
    const complete = () => client().files.completeUploadExternal({ files: [{ id }] });

    expect((await put(url, 'four')).status).toBe(400);
    expect(await refusalOf(complete())).toMatchObject({ error: 'file_not_found' });
    expect((await put(url, 'abc')).status).toBe(200);
    expect((await put(url, 'abc')).status).toBe(400);
    expect(workspace.file(id)).toBeUndefined();
    await complete();
    expect(workspace.file(id)).toMatchObject({ type: 'text/plain' });
  });

  it('shows no file where the app may not write', async () => {
    const { upload_url: url = '', file_id: id = '' } = await client().files.getUploadURLExternal({
      filename: 'a.txt',
      length: 3,
    });
    await put(url, 'abc');
    const channel_id = workspace.channels.noBot.id;

    const refusal = refusalOf(client().files.completeUploadExternal({ files: [{ id }], channel_id }));

    expect(await refusal).toMatchObject({ error: 'not_in_channel' });
  });

  it('draws a picture that was uploaded, and none that was not', async () => {
    const channel = workspace.channels.incidents.id;
    const { upload_url: url = '', file_id: id = '' } = await client().files.getUploadURLExternal({
      filename: 'a.png',
      length: 3,
    });
    const post = () =>
      client().chat.postMessage({
        channel,
        text: 'Picture',
        blocks: [{ type: 'image', alt_text: 'The path', slack_file: { id } }],
      });

    expect(await refusalOf(post())).toMatchObject({ error: 'invalid_blocks' });
    await put(url, 'abc');
    await client().files.completeUploadExternal({ files: [{ id }] });
    expect(await post()).toMatchObject({ ok: true });
  });
});
