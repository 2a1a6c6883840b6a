import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../lab/workspace/changes.ts';
import { startWorkspace } from '../../../lab/workspace/start.ts';
import { createTraffic } from '../../../lab/workspace/traffic.ts';
import { webClient } from './bolt-app.ts';

describe('lab/workspace/traffic', () => {
  it('notes both directions with what was sent and answered, and no token', async () => {
    await using workspace = await disposable();
    const channel = workspace.channels.incidents.id;

    await webClient(workspace).chat.postMessage({ channel, text: 'Hello' });
    await workspace.command('alice', 'incidents', 'help');

    expect(workspace.traffic).toMatchObject([
      { seq: 1, from: 'app', what: 'chat.postMessage', outcome: 'ok', sent: { text: 'Hello' }, answer: { ok: true } },
      { seq: 2, from: 'slack', what: 'slash_commands', outcome: 'dispatch_failed', isFailure: true },
    ]);
    expect(JSON.stringify(workspace.traffic)).not.toContain('xoxb');
  });

  it('keeps the newest five hundred', () => {
    const traffic = createTraffic(
      () => 0,
      createChanges(() => ''),
    );
    const exchange = { from: 'app', what: 'a', note: '', outcome: 'ok', isFailure: false, tookMs: 0, sent: 0 } as const;

    for (let count = 0; count < 501; count += 1) traffic.note({ ...exchange, answer: 0 });

    expect(traffic.all).toHaveLength(500);
    expect(traffic.all.at(-1)?.seq).toBe(501);
  });
});

async function disposable() {
  const workspace = await startWorkspace();
  return Object.assign(workspace, { [Symbol.asyncDispose]: () => workspace.close() });
}
