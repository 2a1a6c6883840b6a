import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../lab/workspace/workspace.ts';

let workspace: LabWorkspace;

beforeEach(async () => {
  workspace = await startWorkspace({ eventRetryDelaysMs: [] });
});

afterEach(() => workspace.close());

describe('lab/workspace/talking', () => {
  it('tells the bot of a mention in a channel that it is in, with the thread', async () => {
    const root = workspace.say('alice', 'incidents', 'Something is wrong');
    workspace.say('bob', 'incidents', `<@${workspace.bot}> shop/checkout`, root.ts);

    await workspace.waitFor(() => workspace.deliveries.length > 0);

    expect(workspace.deliveries).toMatchObject([
      {
        kind: 'events_api',
        payload: { event: { type: 'app_mention', user: workspace.people.bob.id, thread_ts: root.ts } },
      },
    ]);
  });

  it('tells the bot nothing of other messages or channels', async () => {
    workspace.say('alice', 'incidents', `<@${workspace.people.bob.id}> have a look`);
    workspace.say('alice', 'no-bot', `<@${workspace.bot}> shop/checkout`);
    // A later mention arrives, the two before it did not.
    workspace.say('alice', 'incidents', `<@${workspace.bot}> last`);

    await workspace.waitFor(() => workspace.deliveries.length > 0);

    expect(workspace.deliveries).toMatchObject([{ payload: { event: { text: `<@${workspace.bot}> last` } } }]);
  });
});
