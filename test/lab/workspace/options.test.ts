import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { startSocketApp, webClient } from './bolt-app.ts';

let workspace: LabWorkspace;
let app: App | undefined;
let card: { channel: string; ts: string };
const chosen: unknown[] = [];

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });
const many = (count: number) => Array.from({ length: count }, (_, index) => option(`pod-${index}`));

beforeEach(async () => {
  chosen.length = 0;
  workspace = await startWorkspace();
  const channel = workspace.channels.incidents.id;
  const menu = { type: 'external_select' as const, action_id: 'pod', placeholder: plain('Which pod?') };
  const blocks = [{ type: 'actions' as const, block_id: 'which', elements: [menu] }];
  const { ts } = await webClient(workspace).chat.postMessage({ channel, text: 'Which?', blocks });
  card = { channel, ts: ts! };
});

afterEach(async () => {
  await app?.stop();
  app = undefined;
  await workspace.close();
});

async function offering(options: readonly unknown[]) {
  app = await startSocketApp(workspace, (bolt) => {
    bolt.options('pod', ({ ack }) => ack({ options } as Parameters<typeof ack>[0]));
    bolt.action('pod', async ({ ack, action }) => {
      await ack();
      chosen.push(action);
    });
  });
}

describe('lab/workspace/options', () => {
  it('asks the app with what was typed, and where the menu is', async () => {
    await offering([option('shop/checkout')]);

    const suggested = await workspace.suggest('alice', card, 'pod', 'check');

    expect(suggested).toEqual({ ok: true, options: [option('shop/checkout')] });
    expect(workspace.deliveries.at(-1)?.payload).toMatchObject({
      type: 'block_suggestion',
      action_id: 'pod',
      block_id: 'which',
      value: 'check',
      user: { id: workspace.people.alice.id },
      container: { message_ts: card.ts },
    });
  });

  it.each`
    what                     | options             | ok
    ${'a hundred options'}   | ${many(100)}        | ${true}
    ${'nothing found'}       | ${[]}               | ${true}
    ${'a hundred and one'}   | ${many(101)}        | ${false}
    ${'an option sans text'} | ${[{ value: 'a' }]} | ${false}
  `('judges $what: $ok', async ({ options, ok }) => {
    await offering(options);

    expect((await workspace.suggest('alice', card, 'pod', 'check')).ok).toBe(ok);
  });

  it('waits for three characters before it asks', async () => {
    await offering([option('a')]);

    expect(await workspace.suggest('alice', card, 'pod', 'ch')).toEqual({ ok: false, because: 'query too short' });
    expect(workspace.deliveries).toEqual([]);
  });

  it('shows nothing when the app takes longer than three seconds', async () => {
    app = await startSocketApp(workspace, (bolt) => bolt.options('pod', async () => {}));

    const suggested = await workspace.suggest('alice', card, 'pod', 'check');

    expect(suggested).toEqual({ ok: false, because: 'operation_timeout' });
  });

  it('delivers a choice out of what was offered, and no other', async () => {
    await offering([option('shop/checkout')]);
    await workspace.suggest('alice', card, 'pod', 'check');

    await workspace.click('alice', card, 'pod', { option: 'shop/checkout' });

    expect(chosen).toMatchObject([{ type: 'external_select', selected_option: option('shop/checkout') }]);
    await expect(workspace.click('alice', card, 'pod', { option: 'kube-system/etcd' })).rejects.toThrow('no option');
    await expect(workspace.click('bob', card, 'pod', { option: 'shop/checkout' })).rejects.toThrow('no option');
  });
});
