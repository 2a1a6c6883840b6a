import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';

let workspace: LabWorkspace;

beforeEach(async () => {
  workspace = await startWorkspace();
});

afterEach(() => workspace.close());

describe('lab/workspace/commanding', () => {
  it('sends what was typed with its three entities, and where and by whom', async () => {
    await workspace.command('alice', '#incidents', ' shop/<b> & more ', '/other');

    expect(workspace.deliveries[0]?.payload).toMatchObject({
      command: '/other',
      text: 'shop/&lt;b&gt; &amp; more',
      user_id: workspace.people.alice.id,
      user_name: 'alice',
      channel_id: workspace.channels.incidents.id,
      channel_name: 'incidents',
      team_id: workspace.team,
      response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/commands\//),
      trigger_id: expect.any(String),
    });
  });

  it("carries the person's own team in a shared channel", async () => {
    await workspace.command('stranger', 'shared', 'shop/checkout');

    expect(workspace.deliveries[0]?.payload.team_id).toBe(workspace.people.stranger.teamId);
  });

  it.each`
    who           | where          | why
    ${'stranger'} | ${'incidents'} | ${'not in'}
    ${'alice'}    | ${'archived'}  | ${'is archived'}
    ${'nobody'}   | ${'incidents'} | ${'Nobody here'}
    ${'alice'}    | ${'nowhere'}   | ${'no channel'}
  `('lets $who type nothing in $where', async ({ who, where, why }) => {
    await expect(workspace.command(who, where, 'help')).rejects.toThrow(why);
    expect(workspace.deliveries).toEqual([]);
  });

  it('lets nobody who was deactivated type anything', async () => {
    workspace.deactivate('alice');

    await expect(workspace.command('alice', 'incidents', 'help')).rejects.toThrow('deactivated');
  });
});
