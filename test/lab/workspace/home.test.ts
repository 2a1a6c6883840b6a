import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { startSocketApp } from './bolt-app.ts';

let workspace: LabWorkspace;
let app: App;
const pressed: unknown[] = [];

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const home = (text: string) => ({
  type: 'home' as const,
  blocks: [
    { type: 'header' as const, text: plain(text) },
    { type: 'actions' as const, elements: [{ type: 'button' as const, action_id: 'go', text: plain('Go') }] },
  ],
});

beforeEach(async () => {
  pressed.length = 0;
  workspace = await startWorkspace();
  app = await startSocketApp(workspace, (bolt) => {
    bolt.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({ user_id: event.user, view: home(event.view ? 'Again' : 'Welcome') });
    });
    bolt.action('go', async ({ ack, body }) => {
      await ack();
      pressed.push(body.type === 'block_actions' && body.view?.type);
    });
  });
});

afterEach(async () => {
  await app.stop();
  await workspace.close();
});

describe('lab/workspace/home', () => {
  it('shows each person what the app published for them, and the app what stands there', async () => {
    workspace.openHome('alice');
    await workspace.waitFor(() => workspace.home('alice'));

    expect(workspace.home('alice')?.blocks).toMatchObject([{ text: { text: 'Welcome' } }, {}]);
    expect(workspace.home('bob')).toBeUndefined();
    workspace.openHome('alice');
    await workspace.waitFor(() => JSON.stringify(workspace.home('alice')).includes('Again'));
  });

  it('delivers a button of it with the view in place of a message', async () => {
    workspace.openHome('alice');
    await workspace.waitFor(() => workspace.home('alice'));

    await workspace.clickInView('alice', 'home', 'go');

    expect(pressed).toEqual(['home']);
    expect(workspace.deliveries.at(-1)?.payload).toMatchObject({ container: { type: 'view' } });
    expect(workspace.deliveries.at(-1)?.payload).not.toHaveProperty('message');
    await expect(workspace.clickInView('bob', 'home', 'go')).rejects.toThrow('sees no home');
  });
});
