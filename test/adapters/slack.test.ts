import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../lab/workspace/workspace.ts';
import { slackThreads } from '../../src/adapters/slack.ts';
import type { Message, Threads } from '../../src/ports.ts';

const say = (text: string): Message => ({
  text,
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
  metadata: { eventType: 'ipv6check_report', payload: { id: 'r1' } },
});

describe('adapters/slack', () => {
  let slack: LabWorkspace;
  let threads: Threads;
  let channel: string;
  let user: string;

  beforeEach(async () => {
    slack = await startWorkspace();
    threads = slackThreads({ token: slack.botToken, apiUrl: slack.apiUrl, patienceMs: 3_000, timeoutMs: 1_000 });
    channel = slack.channels.incidents.id;
    user = slack.people.alice.id;
  });
  afterEach(() => slack.close());

  it('tells of every request to slow down, whether it waits that out or gives up', async () => {
    let told = 0;
    const onRateLimited = () => {
      told += 1;
    };
    const { botToken: token, apiUrl } = slack;
    const counted = slackThreads({ token, apiUrl, patienceMs: 3_000, timeoutMs: 1_000, onRateLimited });
    slack.switches.rateLimit('chat.postMessage', { times: 1, retryAfterSeconds: 1 });
    expect((await counted.post({ channel }, say('late'))).ok).toBe(true);
    expect(told).toBe(1);

    slack.switches.rateLimit('chat.postMessage', { retryAfterSeconds: 60 });
    expect((await counted.post({ channel }, say('never'))).ok).toBe(false);

    expect(told).toBe(2);
  });

  it('posts, replies and edits with text and blocks, and unfurls nothing', async () => {
    const card = await threads.post({ channel }, say('Checking'));
    if (!card.ok) throw new Error(card.detail);
    const reply = await threads.post({ channel, threadTs: card.ts }, say('evidence'));
    const edited = await threads.update({ channel, ts: card.ts }, say('broken'));

    expect(reply.ok).toBe(true);
    expect(edited).toEqual({ ok: true, ts: card.ts });
    expect(slack.thread(channel, card.ts).map(({ text }) => text)).toEqual(['broken', 'evidence']);
    expect(slack.current({ channel, ts: card.ts })?.blocks).toMatchObject(say('broken').blocks);
    expect(slack.calls('chat.postMessage')[0]?.args).toMatchObject({
      unfurl_links: expect.anything(),
      unfurl_media: expect.anything(),
    });
    expect(String(slack.calls('chat.postMessage')[0]?.args.unfurl_links)).toBe('false');
  });

  it.each`
    trouble                                                 | reason
    ${(to: LabWorkspace) => to.archive('incidents')}        | ${'is_archived'}
    ${(to: LabWorkspace) => to.remove(to.bot, 'incidents')} | ${'not_in_channel'}
  `('names $reason', async ({ trouble, reason }) => {
    trouble(slack);

    expect(await threads.post({ channel }, say('x'))).toMatchObject({ ok: false, reason });
  });

  it('names a channel that is not there, a deleted card, and what Slack refuses', async () => {
    const card = await threads.post({ channel }, say('x'));
    if (!card.ok) throw new Error(card.detail);
    slack.deleteMessage({ channel, ts: card.ts });

    expect(await threads.post({ channel: 'C0NOWHERE' }, say('x'))).toMatchObject({ reason: 'channel_not_found' });
    expect(await threads.update({ channel, ts: card.ts }, say('y'))).toMatchObject({ reason: 'message_not_found' });
    const invalid = await threads.post({ channel }, { text: 'x', blocks: [{ type: 'section' }] });
    expect(invalid).toMatchObject({ reason: 'refused', detail: expect.stringContaining('invalid_blocks') });
  });

  it('waits as long as Slack asks, and posts once', async () => {
    slack.switches.rateLimit('chat.postMessage', { retryAfterSeconds: 1 });

    const start = performance.now();
    const posted = await threads.post({ channel }, say('patient'));

    expect(posted.ok).toBe(true);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
    expect(slack.messages(channel)).toHaveLength(1);
  });

  it('does not wait beyond its patience', async () => {
    slack.switches.rateLimit('chat.postMessage', { retryAfterSeconds: 60 });

    expect(await threads.post({ channel }, say('x'))).toMatchObject({ ok: false, reason: 'rate_limited' });
    expect(slack.calls('chat.postMessage')).toHaveLength(1);
  });

  it('never repeats a post whose answer was lost, but does repeat an edit', async () => {
    slack.switches.loseAnswer('chat.postMessage');
    expect(await threads.post({ channel }, say('once'))).toMatchObject({ ok: false, reason: 'unreachable' });
    const [message] = slack.messages(channel);
    expect(slack.messages(channel)).toHaveLength(1);

    slack.switches.loseAnswer('chat.update');
    const edited = await threads.update({ channel, ts: message!.ts }, say('edited'));

    expect(edited.ok).toBe(true);
    expect(slack.calls('chat.update')).toHaveLength(2);
  });

  it('repeats a post that never left, and gives up within its patience', async () => {
    const nowhere = slackThreads({ token: 'x', apiUrl: 'http://127.0.0.1:9/api/', patienceMs: 700, timeoutMs: 500 });

    const start = performance.now();

    expect(await nowhere.post({ channel }, say('x'))).toMatchObject({ ok: false, reason: 'unreachable' });
    expect(performance.now() - start).toBeLessThan(1_200);
  });

  it('reaches one person as an ephemeral, and where that cannot be, directly', async () => {
    await threads.tell({ channel, user }, say('for you'));
    expect(slack.ephemerals('alice').map(({ text }) => text)).toEqual(['for you']);

    slack.remove(slack.bot, 'incidents');
    const told = await threads.tell({ channel, user }, say('still for you'));

    expect(told.ok).toBe(true);
    expect(slack.calls('conversations.open')).toHaveLength(1);
    expect(slack.calls('chat.postMessage').at(-1)).toMatchObject({ outcome: 'ok', args: { text: 'still for you' } });
  });

  describe('with a response_url', () => {
    let hook: Server;
    let responseUrl: string;
    let status: number;
    let bodies: Record<string, unknown>[];

    beforeEach(async () => {
      [status, bodies] = [200, []];
      hook = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          bodies.push(JSON.parse(body));
          response.writeHead(status).end('ok');
        });
      }).listen(0, '127.0.0.1');
      await once(hook, 'listening');
      // A listening TCP server has an address of this kind.
      responseUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/commands/1`;
    });
    afterEach(() => void hook.close());

    it('answers there, to that person alone', async () => {
      expect((await threads.tell({ channel, user, responseUrl }, say('hello'))).ok).toBe(true);

      expect(bodies).toEqual([
        { response_type: 'ephemeral', replace_original: false, text: 'hello', blocks: say('hello').blocks },
      ]);
      expect(slack.calls()).toEqual([]);
    });

    it('falls back when it is used up', async () => {
      status = 404;

      expect((await threads.tell({ channel, user, responseUrl }, say('hello'))).ok).toBe(true);

      expect(slack.ephemerals('alice').map(({ text }) => text)).toEqual(['hello']);
    });
  });
});
