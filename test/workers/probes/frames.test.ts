import { describe, expect, it } from 'vitest';
import { endMarker, framesOf, readyMarker } from '../../../workers/probes/frames.ts';

const output = `one
two

@@n first 0 12
@@n ready
@@n empty 127 0
half of
`;

describe('workers/probes/frames', () => {
  it('reads the sections that are whole, also of a run that was cut short', () => {
    expect([...framesOf(output, 'n')]).toEqual([
      ['first', { text: 'one\ntwo', code: 0, ms: 12 }],
      ['empty', { text: '', code: 127, ms: 0 }],
    ]);
  });

  it('takes no line for a marker that only looks like one', () => {
    const text = '@@other first 0 1\n @@n first 0 1\n@@nn first 0 1';

    expect(framesOf(`${text}\n@@n real 0 1\n`, 'n')).toEqual(new Map([['real', { text, code: 0, ms: 1 }]]));
    expect(framesOf('', 'n').size).toBe(0);
  });

  it('has markers that are no sections', () => {
    expect(framesOf(`${readyMarker('n')}\nrest\n${endMarker('n')}\n`, 'n').size).toBe(0);
  });

  it.each`
    situation             | text
    ${'escape sequences'} | ${'a\u001b[31mb\u009b0m'}
    ${'returns'}          | ${'a\r\nb\r'}
    ${'nulls and bells'}  | ${'a\u0000\u0007b'}
    ${'overrides'}        | ${'a\u202eb\u2066\u200f\u061c'}
    ${'invisible ones'}   | ${'a\u200b\ufeff\u00ad\u2060b'}
    ${'odd line breaks'}  | ${'a\u2028b\u2029\u0085'}
  `('strips $situation of what a pod prints', ({ text }) => {
    expect(framesOf(`${text}\n@@n x 0 1`, 'n').get('x')?.text).toMatch(/^a(\[31m|\n)?b(0m)?$/);
  });

  it('keeps tabs, lines and letters of all languages', () => {
    expect(framesOf('Ip6\t1\nüбす€😀\n@@n x 0 1', 'n').get('x')?.text).toBe('Ip6\t1\nüбす€😀');
  });

  it('cuts a section that does not end', () => {
    expect(framesOf(`${'x'.repeat(9 * 1024 * 1024)}\n@@n x 0 1`, 'n').get('x')?.text).toHaveLength(8 * 1024 * 1024);
  });
});
