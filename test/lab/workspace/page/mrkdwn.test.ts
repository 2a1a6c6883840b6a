import { describe, expect, it } from 'vitest';
import { parseMrkdwn } from '../../../../lab/workspace/page/mrkdwn.ts';

const text = (words: string) => ({ kind: 'text', text: words });

describe('lab/workspace/page/mrkdwn', () => {
  it.each`
    what                          | source                                   | nodes
    ${'plain text'}               | ${'a b'}                                 | ${[text('a b')]}
    ${'bold'}                     | ${'a *b c* d'}                           | ${[text('a '), { kind: 'bold', inside: [text('b c')] }, text(' d')]}
    ${'italic in bold'}           | ${'*a _b_*'}                             | ${[{ kind: 'bold', inside: [text('a '), { kind: 'italic', inside: [text('b')] }] }]}
    ${'no bold inside a word'}    | ${'2*3*4 a_b_c'}                         | ${[text('2*3*4 a_b_c')]}
    ${'code, with nothing in it'} | ${'`*a* &lt;b&gt;`'}                     | ${[{ kind: 'code', text: '*a* <b>' }]}
    ${'a fence'}                  | ${'```\na: *b*\n```'}                    | ${[{ kind: 'fence', text: 'a: *b*' }]}
    ${'a quote'}                  | ${'&gt; a'}                              | ${[{ kind: 'quote', inside: [text('a')] }]}
    ${'an entity once'}           | ${'&amp;lt;b&amp;gt;'}                   | ${[text('&lt;b&gt;')]}
    ${'escaped markup'}           | ${'&lt;script&gt;'}                      | ${[text('<script>')]}
    ${'a link'}                   | ${'<https://a.example/?a=1&amp;b|here>'} | ${[{ kind: 'link', url: 'https://a.example/?a=1&b', label: 'here' }]}
    ${'a bare link'}              | ${'<https://a.example>'}                 | ${[{ kind: 'link', url: 'https://a.example', label: 'https://a.example' }]}
    ${'a person'}                 | ${'<@U1>'}                               | ${[{ kind: 'user', id: 'U1', label: '' }]}
    ${'a group'}                  | ${'<!subteam^S1|@g>'}                    | ${[{ kind: 'group', id: 'S1', label: '@g' }]}
    ${'everybody'}                | ${'<!here>'}                             | ${[{ kind: 'broadcast', id: 'here', label: '' }]}
    ${'a date'}                   | ${'<!date^1^{time}|then>'}               | ${[{ kind: 'date', seconds: 1, format: '{time}', fallback: 'then' }]}
  `('reads $what', ({ source, nodes }) => {
    expect(parseMrkdwn(source)).toEqual(nodes);
  });
});
