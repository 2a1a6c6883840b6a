import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, escapeText, escapeTo, plain, plainTo, slackDate, typedText } from '../../src/slack/mrkdwn.ts';
import { hostileText } from '../helpers/hostile.ts';

const max = fc.integer({ min: 0, max: 400 });
/** An ampersand that starts no entity, or half a character. */
const halfPiece = /&(?!(?:amp|lt|gt);)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

describe('slack/mrkdwn', () => {
  it.each`
    hostile                           | shown
    ${'<!channel> & <@U1>'}           | ${'&lt;!channel&gt; &amp; &lt;@U1&gt;'}
    ${'&lt;!channel&gt;'}             | ${'&amp;lt;!channel&amp;gt;'}
    ${'pay\u202etnemyap'}             | ${'paytnemyap'}
    ${'a\u0000b\u001b[2Jc'}           | ${'ab[2Jc'}
    ${'sh\u200bop\u2060\ufeff\u00ad'} | ${'shop'}
    ${'\u115f\u3164\uffa0x'}          | ${'x'}
    ${'one\r\ntwo\tthree\u2028four'}  | ${'one\ntwo\tthreefour'}
    ${'half \ud83d of one'}           | ${'half � of one'}
    ${'naïve 日本 🟢'}                | ${'naïve 日本 🟢'}
  `('shows $hostile as $shown', ({ hostile, shown }) => {
    expect(escapeText(hostile)).toBe(shown);
  });

  it('leaves nothing that Slack obeys, and everything that it showed before', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[<>]/);
        expect(escaped).not.toMatch(halfPiece);
        expect(typedText(escaped)).toBe(plain(text));
      }),
    );
  });

  it('cuts to a length, between characters and between entities, and marks the cut', () => {
    fc.assert(
      fc.property(hostileText, max, (text, most) => {
        for (const [cut, whole] of [
          [escapeTo(text, most), escapeText(text)],
          [plainTo(text, most), plain(text)],
        ] as const) {
          expect(cut.length).toBeLessThanOrEqual(most);
          if (whole.length <= most) expect(cut).toBe(whole);
          else if (most > 0) expect(whole.startsWith(cut.slice(0, -1)) && cut.endsWith('…')).toBe(true);
        }
        expect(escapeTo(text, most)).not.toMatch(halfPiece);
      }),
    );
  });

  it('keeps a name in its span, on one line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(code(text, 60)).toMatch(/^`[^`<>\n]{0,60}`$/);
      }),
    );
  });

  it('gives a date to the reader’s own clock, and UTC where there is none', () => {
    expect(slackDate(new Date('2026-01-05T10:30:59.999Z'))).toBe(
      '<!date^1767609059^{date_short_pretty} {time}|2026-01-05 10:30 UTC>',
    );
  });

  it('reads a typed line as it was typed, also where somebody typed an entity', () => {
    expect(typedText('a &amp;lt; b &lt;c&gt;')).toBe('a &lt; b <c>');
  });
});
