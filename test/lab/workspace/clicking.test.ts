import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';
import { refusalOf, startSocketApp, webClient } from './bolt-app.ts';

let workspace: LabWorkspace;
let app: App;
let triggers: string[];

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const press = (label: string, more = {}) => ({ type: 'button' as const, text: plain(label), ...more });
const sure = { title: plain('Sure?'), text: plain('It opens egress'), confirm: plain('Yes'), deny: plain('No') };

beforeEach(async () => {
  triggers = [];
  workspace = await startWorkspace();
  app = await startSocketApp(workspace, (bolt) =>
    bolt.action(/./, async ({ ack, body }) => {
      if ('trigger_id' in body) triggers.push(body.trigger_id);
      await ack();
    }),
  );
});

afterEach(async () => {
  await app.stop();
  await workspace.close();
});

async function post(channel: string, ...elements: ReturnType<typeof press>[]) {
  const blocks = [{ type: 'actions' as const, block_id: 'choice', elements }];
  const { ts } = await webClient(workspace).chat.postMessage({ channel, text: 'Choose', blocks });
  return { channel, ts: ts! };
}

describe('lab/workspace/clicking', () => {
  it('delivers the message, the block and the action, and who pressed it', async () => {
    const card = await post(workspace.channels.incidents.id, press('Approve', { action_id: 'approve', value: 'id-1' }));

    const outcome = await workspace.click('bob', card, 'approve');

    expect(outcome).toMatchObject({ delivered: true, acknowledged: true });
    expect(workspace.deliveries.at(-1)?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: workspace.people.bob.id, username: 'bob', name: 'bob', team_id: workspace.team },
      team: { id: workspace.team, domain: 'lab' },
      channel: { id: card.channel, name: 'incidents' },
      container: { type: 'message', message_ts: card.ts, channel_id: card.channel, is_ephemeral: false },
      message: { ts: card.ts, text: 'Choose', user: workspace.bot },
      state: { values: {} },
      actions: [
        { type: 'button', action_id: 'approve', block_id: 'choice', value: 'id-1', action_ts: expect.any(String) },
      ],
    });
  });

  it('shows a confirmation dialog first, and only where there is one', async () => {
    const card = await post(
      workspace.channels.incidents.id,
      press('Approve', { action_id: 'approve', confirm: sure }),
      press('Reject', { action_id: 'reject' }),
    );

    await expect(workspace.click('bob', card, 'approve')).rejects.toThrow('asks first');
    await expect(workspace.click('bob', card, 'reject', { confirm: true })).rejects.toThrow('shows no dialog');
    expect(await workspace.click('bob', card, 'approve', { confirm: false })).toMatchObject({ delivered: false });
    expect(workspace.dialog(card, 'approve')).toMatchObject(sure);
    expect(workspace.dialog(card, 'reject')).toBeUndefined();
    expect(workspace.deliveries).toEqual([]);
    expect(await workspace.click('bob', card, 'approve', { confirm: true })).toMatchObject({ delivered: true });
  });

  it('finds a button by label, value or block, and refuses to guess', async () => {
    const card = await post(
      workspace.channels.incidents.id,
      press('One', { value: '1' }),
      press('Two', { value: '2' }),
    );

    await workspace.click('bob', card, { label: 'Two' });
    await workspace.click('bob', card, { value: '1' });

    await expect(workspace.click('bob', card, { blockId: 'choice' })).rejects.toThrow('2 buttons match');
    const values = workspace.deliveries.map(({ payload }) => payload.actions);
    expect(values).toMatchObject([[{ value: '2' }], [{ value: '1' }]]);
  });

  it('lets nobody press what they do not see', async () => {
    const { incidents, shared } = workspace.channels;
    const card = await post(incidents.id, press('Go', { action_id: 'go' }));
    await webClient(workspace).chat.postEphemeral({
      channel: incidents.id,
      user: workspace.people.alice.id,
      text: 'Choose',
      blocks: [{ type: 'actions', elements: [press('Go', { action_id: 'go' })] }],
    });

    await expect(workspace.click('stranger', card, 'go')).rejects.toThrow('not in #incidents');
    await expect(workspace.click('bob', workspace.ephemerals('alice')[0]!, 'go')).rejects.toThrow('sees no message');
    const gone = await post(shared.id, press('Go', { action_id: 'go' }));
    workspace.deleteMessage(gone);
    await expect(workspace.click('bob', gone, 'go')).rejects.toThrow('sees no message');
    workspace.archive('incidents');
    await expect(workspace.click('bob', card, 'go')).rejects.toThrow('archived');
  });

  it("carries a stranger's own team beside the app's", async () => {
    const card = await post(workspace.channels.shared.id, press('Go', { action_id: 'go' }));

    await workspace.click('stranger', card, 'go');

    const { payload } = workspace.deliveries[0]!;
    expect(payload).toMatchObject({
      team: { id: workspace.team },
      user: { team_id: workspace.people.stranger.teamId },
    });
    expect(workspace.people.stranger.teamId).not.toBe(workspace.team);
  });

  it('issues a trigger that opens one modal', async () => {
    const card = await post(workspace.channels.incidents.id, press('Go', { action_id: 'go' }));
    await workspace.click('bob', card, 'go');
    const view = { type: 'modal' as const, title: plain('Choose'), blocks: [] };
    const open = (trigger_id: string) => webClient(workspace).views.open({ trigger_id, view });

    expect(await open(triggers[0]!)).toMatchObject({ ok: true });
    expect(await refusalOf(open(triggers[0]!))).toMatchObject({ error: 'exchanged_trigger_id' });
    expect(await refusalOf(open('1.nothing'))).toMatchObject({ error: 'invalid_trigger_id' });
  });
});
