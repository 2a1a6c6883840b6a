import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { startSocketApp, webClient } from './bolt-app.ts';

let workspace: LabWorkspace;
let app: App;
let urls: string[];
let clock: number;

const press = { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Go' }, action_id: 'go' };
const withButton = [{ type: 'actions' as const, elements: [press] }];

beforeEach(async () => {
  clock = Date.parse('2026-03-01T03:00:00Z');
  urls = [];
  workspace = await startWorkspace({ now: () => clock });
  app = await startSocketApp(workspace, (bolt) => {
    bolt.command('/ipv6check', async ({ ack, command }) => {
      urls.push(command.response_url);
      await ack();
    });
    bolt.action('go', async ({ ack, body }) => {
      if ('response_url' in body) urls.push(body.response_url);
      await ack();
    });
  });
});

afterEach(async () => {
  await app.stop();
  await workspace.close();
});

const post = async (body: object) => {
  const response = await fetch(urls.at(-1)!, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
};

describe('lab/workspace/response-url', () => {
  it('answers five times, to the person who asked', async () => {
    await workspace.command('alice', 'no-bot', 'shop/checkout');

    for (const count of [1, 2, 3, 4, 5]) expect(await post({ text: `Answer ${count}` })).toMatchObject({ status: 200 });

    expect(await post({ text: 'Answer 6' })).toEqual({ status: 404, text: '{"ok":false,"error":"used_url"}' });
    expect(workspace.ephemerals('alice')).toHaveLength(5);
    expect(workspace.visibleTo('bob', 'no-bot')).toEqual([]);
  });

  it('expires after thirty minutes', async () => {
    await workspace.command('alice', 'incidents', 'shop/checkout');

    clock += 30 * 60_000;
    expect(await post({ text: 'In time' })).toMatchObject({ status: 200 });
    clock += 1;
    expect(await post({ text: 'Late' })).toEqual({ status: 404, text: '{"ok":false,"error":"expired_url"}' });
  });

  it('answers everybody with in_channel, also where the bot is no member', async () => {
    await workspace.command('alice', 'no-bot', 'shop/checkout');

    await post({ response_type: 'in_channel', text: 'For all' });

    expect(workspace.visibleTo('bob', 'no-bot')).toMatchObject([{ text: 'For all', user: workspace.bot }]);
  });

  it('replaces or deletes the message whose button was pressed', async () => {
    const { incidents } = workspace.channels;
    const { ts } = await webClient(workspace).chat.postMessage({
      channel: incidents.id,
      text: 'Go?',
      blocks: withButton,
    });
    const card = { channel: incidents.id, ts: ts! };

    await workspace.click('bob', card, 'go');
    await post({ replace_original: true, text: 'Gone', blocks: [] });

    expect(workspace.current(card)).toMatchObject({ text: 'Gone', blocks: [] });
    await post({ delete_original: true });
    expect(workspace.current(card)).toBeUndefined();
  });

  it('replaces an ephemeral message, whose payload shows nothing of it', async () => {
    const { incidents } = workspace.channels;
    const { alice } = workspace.people;
    const answer = { channel: incidents.id, user: alice.id, text: 'Go?', blocks: withButton };
    await webClient(workspace).chat.postEphemeral(answer);
    const [asked] = workspace.ephemerals('alice');

    await workspace.click('alice', asked!, 'go');
    await post({ replace_original: true, text: 'Gone', blocks: [] });

    expect(workspace.deliveries[0]?.payload).not.toHaveProperty('message');
    expect(workspace.deliveries[0]?.payload.container).toMatchObject({ is_ephemeral: true, message_ts: asked!.ts });
    expect(workspace.ephemerals('alice')).toMatchObject([{ text: 'Gone' }]);
  });

  it('refuses what cannot be shown, and addresses that it never gave out', async () => {
    await workspace.command('alice', 'incidents', 'shop/checkout');

    expect(await post({ text: '' })).toMatchObject({ status: 400, text: expect.stringContaining('no_text') });
    const invalid = await post({ text: 'a', blocks: [{ type: 'carousel' }] });
    expect(invalid).toMatchObject({ status: 400, text: expect.stringContaining('invalid_blocks') });
    urls.push(`${urls[0]}0`);
    expect(await post({ text: 'a' })).toMatchObject({ status: 404 });
  });

  it('takes more text than chat.postMessage does', async () => {
    await workspace.command('alice', 'incidents', 'shop/checkout');
    const section = { type: 'section', text: { type: 'plain_text', text: 'x'.repeat(2_800) } };

    expect(await post({ text: 'a', blocks: [section, section, section, section, section] })).toMatchObject({
      status: 200,
    });
  });

  it('answers in a thread that exists, and in the channel otherwise', async () => {
    const { ts } = workspace.say('alice', 'incidents', 'Something is wrong');
    await workspace.command('alice', 'incidents', 'shop/checkout');

    await post({ text: 'There', thread_ts: ts });
    await post({ text: 'Here', thread_ts: '1.000001' });

    const [there, here] = workspace.ephemerals('alice');
    expect([there?.threadTs, here?.threadTs]).toEqual([ts, undefined]);
  });
});
