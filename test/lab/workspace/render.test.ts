import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../lab/workspace/changes.ts';
import { createMessages } from '../../../lab/workspace/messages.ts';
import { createDirectory } from '../../../lab/workspace/people.ts';
import { conversationText } from '../../../lab/workspace/render.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });

describe('lab/workspace/render', () => {
  it('shows a thread as text', () => {
    const directory = createDirectory();
    const messages = createMessages(
      () => Date.parse('2026-03-01T03:04:05Z'),
      createChanges(() => ''),
    );
    const { alice } = directory.people;
    const [user, channel] = [directory.bot.id, directory.channels.incidents.id];
    const card = messages.post({
      channel,
      user,
      text: 'fallback',
      blocks: [
        { type: 'header', text: plain('shop/checkout <b> cannot reach IPv6') },
        {
          type: 'section',
          text: mrkdwn('Policy is *not* the cause: `a &lt; b &amp;&amp; c`'),
          fields: [mrkdwn('one'), plain('two &amp;')],
        },
        { type: 'divider' },
        {
          type: 'context',
          elements: [mrkdwn(`Asked for by <@${alice.id}>`), mrkdwn('<!date^1772334245^{date_num} {time_secs}|then>')],
        },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: plain('Run again') },
            { type: 'button', text: plain('Revoke') },
          ],
        },
      ],
    });
    messages.post({ channel, user: alice.id, text: 'Something else', blocks: [] });
    messages.post({
      channel,
      user,
      threadTs: card.ts,
      text: '',
      blocks: [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'default\n  via fe80::1' }] }],
        },
      ],
    });

    expect(conversationText(messages.all, directory)).toMatchInlineSnapshot(`
      "ipv6check  03:04
        shop/checkout <b> cannot reach IPv6
        Policy is *not* the cause: \`a < b && c\`
        one
        two &amp;
        ────────
        Asked for by @alice  2026-03-01 03:04:05
        [Run again] [Revoke]
          │ ipv6check  03:04
          │   default
          │     via fe80::1

      alice  03:04
        Something else"
    `);
  });

  it('says where a first message is gone, above its replies', () => {
    const directory = createDirectory();
    const messages = createMessages(
      () => 0,
      createChanges(() => ''),
    );
    const posting = { channel: directory.channels.incidents.id, user: directory.bot.id, blocks: [] };
    const card = messages.post({ ...posting, text: 'Card' });
    messages.post({ ...posting, text: 'Reply', threadTs: card.ts });

    messages.remove(card);

    const shown = conversationText(messages.all, directory);
    expect(shown).toBe('This message was deleted.\n    │ ipv6check  00:00\n    │   Reply');
  });
});
