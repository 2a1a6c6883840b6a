import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../../lab/workspace/page/protocol.ts';
import { commandIn, offersFor, readLine } from '../../../../lab/workspace/page/typing.ts';

const shown = {
  people: [{ id: 'U1', name: 'bob' }],
  groups: [{ id: 'S1', handle: 'approvers' }],
  commands: [{ command: '/ipv6check', description: '', usage: '' }],
} as unknown as Snapshot;

describe('lab/workspace/page/typing', () => {
  it.each`
    line                               | threadTs      | deed
    ${'hi @bob and @approvers'}        | ${null}       | ${{ kind: 'say', channel: 'C1', text: 'hi <@U1> and <!subteam^S1>' }}
    ${'mail@bob @nobody'}              | ${null}       | ${{ kind: 'say', channel: 'C1', text: 'mail@bob @nobody' }}
    ${'<@U9> & <!here>'}               | ${'1.000001'} | ${{ kind: 'say', channel: 'C1', text: '&lt;@U9&gt; &amp; &lt;!here&gt;', threadTs: '1.000001' }}
    ${'  /ipv6check  shop/checkout  '} | ${null}       | ${{ kind: 'command', channel: 'C1', command: '/ipv6check', text: 'shop/checkout' }}
  `('reads "$line"', ({ line, threadTs, deed }) => {
    expect(readLine(line, 'C1', threadTs, shown)).toEqual({ ok: true, deed });
  });

  it('takes no command in a thread, as Slack does not', () => {
    const typed = readLine('/ipv6check help', 'C1', '1.000001', shown);

    expect(typed).toEqual({ ok: false, problem: expect.stringContaining('not supported in threads') });
  });

  it.each`
    line                  | offered | hinted
    ${'/'}                | ${1}    | ${false}
    ${'/ipv6'}            | ${1}    | ${false}
    ${'/help'}            | ${0}    | ${false}
    ${'/ipv6check '}      | ${0}    | ${true}
    ${'/ipv6check shop/'} | ${0}    | ${true}
    ${'see /ipv6check'}   | ${0}    | ${false}
  `('offers $offered commands for "$line"', ({ line, offered, hinted }) => {
    expect(offersFor(line, shown)).toHaveLength(offered);
    expect(commandIn(line, shown) !== undefined).toBe(hinted);
  });
});
