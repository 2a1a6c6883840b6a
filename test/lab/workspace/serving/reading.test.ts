import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReading } from '../../../../lab/workspace/serving/reading.ts';
import { startWorkspace } from '../../../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../../../lab/workspace/workspace.ts';

let workspace: LabWorkspace;
let reading: ReturnType<typeof createReading>;

beforeEach(async () => {
  workspace = await startWorkspace();
  reading = createReading(workspace);
});

afterEach(() => workspace.close());

const left = (who: 'alice' | 'bob' | 'carol') => reading.of(workspace.people[who], workspace.channels.incidents);

describe('lab/workspace/serving/reading', () => {
  it('counts what others have said since, and no more once it is read', () => {
    workspace.say('alice', 'incidents', 'one');
    const { channel, ts } = workspace.say('alice', 'incidents', 'two');

    expect(left('bob')).toMatchObject({ unread: 2, mentions: 0 });
    expect(left('alice')).toMatchObject({ unread: 0 });
    reading.markRead(workspace.people.bob, { channel, ts, threadTs: '' });
    expect(left('bob')).toMatchObject({ unread: 0, readTs: ts });
    expect(left('carol')).toMatchObject({ unread: 2 });
  });

  it('reads a thread for itself, and nothing backwards', () => {
    const { bob } = workspace.people;
    const root = workspace.say('alice', 'incidents', 'root');
    const { channel } = root;
    const reply = workspace.say('alice', 'incidents', 'reply', root.ts);

    reading.markRead(bob, { channel, ts: reply.ts, threadTs: '' });
    expect(reading.unreadReplies(bob, root)).toBe(1);
    reading.markRead(bob, { channel, ts: reply.ts, threadTs: root.ts });
    reading.markRead(bob, { channel, ts: root.ts, threadTs: root.ts });

    expect(reading.unreadReplies(bob, root)).toBe(0);
  });

  it.each`
    words                           | mentions
    ${'hello'}                      | ${0}
    ${'<@U0LABBOB00>'}              | ${1}
    ${'<!subteam^S0APPROVER>: yes'} | ${1}
    ${'<!here>'}                    | ${1}
    ${'<@U0LABALICE>'}              | ${0}
  `('counts $mentions mentions of bob in "$words", in a reply too', ({ words, mentions }) => {
    const root = workspace.say('alice', 'incidents', 'root');

    workspace.say('alice', 'incidents', words, root.ts);

    expect(left('bob').mentions).toBe(mentions);
  });
});
