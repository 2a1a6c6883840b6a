import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../../lab/workspace/mentions.ts';

const section = (type: string, text: string) => ({ type: 'section', text: { type, text } });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] });

describe('lab/workspace/mentions', () => {
  it.each`
    what                   | text                       | mentions                     | links
    ${'a person'}          | ${'<@U1>'}                 | ${['<@U1>']}                 | ${[]}
    ${'a labelled person'} | ${'<@U1|bob>'}             | ${['<@U1>']}                 | ${[]}
    ${'a group'}           | ${'<!subteam^S1|@net>'}    | ${['<!subteam^S1>']}         | ${[]}
    ${'a broadcast'}       | ${'<!channel> <!here|h>'}  | ${['<!channel>', '<!here>']} | ${[]}
    ${'one in code'}       | ${'`<!everyone>`'}         | ${['<!everyone>']}           | ${[]}
    ${'a link'}            | ${'<https://a.example|b>'} | ${[]}                        | ${['https://a.example']}
    ${'escaped text'}      | ${'&lt;!channel&gt;'}      | ${[]}                        | ${[]}
    ${'a date'}            | ${'<!date^1^{time}|now>'}  | ${[]}                        | ${[]}
    ${'an at sign'}        | ${'@channel'}              | ${[]}                        | ${[]}
  `('reads $what', ({ text, mentions, links }) => {
    expect(tokensOf(text, [])).toEqual({ mentions, links });
    expect(tokensOf('', [section('mrkdwn', text)])).toEqual({ mentions, links });
    expect(tokensOf('', [section('plain_text', text)])).toEqual({ mentions: [], links: [] });
  });

  it('reads the elements of rich text', () => {
    const block = rich(
      { type: 'text', text: '<!channel>' },
      { type: 'user', user_id: 'U1' },
      { type: 'usergroup', usergroup_id: 'S1' },
      { type: 'broadcast', range: 'here' },
      { type: 'link', url: 'https://a.example' },
    );

    expect(tokensOf('', [block])).toEqual({
      mentions: ['<@U1>', '<!subteam^S1>', '<!here>'],
      links: ['https://a.example'],
    });
  });
});
