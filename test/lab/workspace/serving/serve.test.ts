import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deed, Outcome, Snapshot } from '../../../../lab/workspace/page/protocol.ts';
import { type ServedPage, servePage } from '../../../../lab/workspace/serving/serve.ts';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';
import { webClient } from '../bolt-app.ts';

let workspace: LabWorkspace;
let page: ServedPage;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-page-'));
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  workspace = await startWorkspace();
  page = await servePage(workspace, { folder, about: 'healthy' });
});

afterEach(async () => {
  await page.close();
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

const origin = () => new URL(page.url).origin;

async function act(as: string, deed: Deed): Promise<Outcome> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${page.url}deed`, { method: 'POST', headers, body: JSON.stringify({ as, deed }) });
  return (await response.json()) as Outcome;
}

/** The first thing that this person is shown. */
async function seenBy(as: string): Promise<Snapshot> {
  const response = await fetch(`${page.url}events?as=${as}`);
  let said = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    const [, data] = /event: snapshot\ndata: (.*)\n\n/.exec(said) ?? [];
    if (data) return JSON.parse(data) as Snapshot;
  }
  throw new Error(`nothing was shown: ${said}`);
}

describe('lab/workspace/serving/serve', () => {
  it('serves the page below its token, and lets it load nothing from elsewhere', async () => {
    const response = await fetch(page.url);

    expect(await response.text()).toBe('<p>page</p>');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each(['/', '/events?as=alice', '/wrong-token/', '/wrong-token/events?as=alice'])(
    'knows nothing at %s, where the token is missing or wrong',
    async (path) => {
      expect((await fetch(`${origin()}${path}`)).status).toBe(404);
    },
  );

  it.each(['../package.json', '%2e%2e/%2e%2e/etc/passwd', 'missing.js', 'files/F0UNKNOWN'])(
    'gives out nothing for %s',
    async (path) => {
      expect((await fetch(`${page.url}${path}`)).status).toBe(404);
    },
  );

  it('answers nobody who asks for another name', async () => {
    const { hostname, port, pathname } = new URL(page.url);
    const asked = request({ hostname, port, path: pathname, headers: { host: 'attacker.example' } }).end();
    const status = await new Promise((resolve) => asked.once('response', ({ statusCode }) => resolve(statusCode)));

    expect(status).toBe(404);
  });

  it('takes no deed from a form of another page', async () => {
    const body = JSON.stringify({ as: 'alice', deed: { kind: 'say', channel: 'incidents', text: 'forged' } });
    const response = await fetch(`${page.url}deed`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
    });

    expect(response.status).toBe(400);
    expect(workspace.messages('incidents')).toEqual([]);
  });

  it('shows each person what is theirs: no ephemeral of another, no channel that they cannot see', async () => {
    const { incidents, hidden } = workspace.channels;
    await webClient(workspace).chat.postEphemeral({
      channel: incidents.id,
      user: workspace.people.alice.id,
      text: 'for alice',
    });
    workspace.say('alice', 'incidents', 'for all');

    const [alice, bob, gus] = await Promise.all(['alice', 'bob', 'gus'].map(seenBy));

    expect(alice!.messages).toMatchObject([{ text: 'for alice', isForMeAlone: true }, { text: 'for all' }]);
    expect(bob!.messages.map((message) => message.text)).toEqual(['for all']);
    expect([alice!, bob!].map(({ groups }) => groups[0]?.isMine)).toEqual([false, true]);
    expect(gus!.channels.map(({ id }) => id)).toEqual([incidents.id]);
    expect(bob!.channels.map(({ id }) => id)).toContain(hidden.id);
  });

  it('does what is done on the page, and says what the workspace has against it', async () => {
    const channel = workspace.channels.incidents.id;

    expect(await act('alice', { kind: 'say', channel, text: 'hello' })).toEqual({});
    expect(workspace.messages('incidents')).toMatchObject([{ text: 'hello' }]);
    expect(await act('alice', { kind: 'command', channel, command: '/nothing', text: '' })).toEqual({
      problem: '/nothing is not a valid command here.',
    });
    expect(workspace.deliveries).toEqual([]);
    expect(await act('stranger', { kind: 'say', channel, text: 'hello' })).toEqual({
      problem: 'stranger is not in #incidents',
    });
  });

  it('says in words that the app did not answer a button', async () => {
    const channel = workspace.channels.incidents.id;
    const go = { type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } };
    const blocks = [{ type: 'actions' as const, block_id: 'b', elements: [go] }];
    const { ts } = await webClient(workspace).chat.postMessage({ channel, text: 'Go?', blocks });

    const where = { channel, ts: ts! };
    expect(await act('alice', { kind: 'press', where, blockId: 'b', actionId: 'go' })).toEqual({
      problem: expect.stringContaining('dispatch_failed'),
    });
  });

  it('serves an upload so that it can run nothing', async () => {
    await webClient(workspace).filesUploadV2({
      channel_id: workspace.channels.incidents.id,
      filename: 'path.svg',
      file: Buffer.from('<svg/>'),
    });
    const { id } = workspace.messages('incidents')[0]!.files![0]!;

    const response = await fetch(`${page.url}files/${id}`);

    expect(response.headers.get('content-type')).toBe('image/svg+xml');
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox;/);
    expect(await response.text()).toBe('<svg/>');
  });

  it('sends the traffic once, and then what is new', async () => {
    const say = (text: string) =>
      webClient(workspace).chat.postMessage({ channel: workspace.channels.incidents.id, text });
    await say('one');
    const response = await fetch(`${page.url}events?as=alice`);
    let said = '';
    void response.body!.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(chunk) {
          said += chunk;
        },
      }),
    );
    await expect.poll(() => said).toContain('event: traffic');

    await say('two');
    await expect.poll(() => said).toMatch(/event: traffic\ndata: .*"two"/);

    const sent = [...said.matchAll(/event: traffic\ndata: (.*)\n\n/g)].flatMap(([, data]) => JSON.parse(data!));
    expect(sent).toMatchObject([
      { seq: 1, what: 'chat.postMessage', sent: { text: 'one' } },
      { seq: 2, sent: { text: 'two' } },
    ]);
  });
});
