import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asDetailedAsFits, charactersOf, type Detail, firstOf, fits } from '../../../src/slack/views/fit.ts';

const saying = (length: number, blocks = 1) => ({
  text: 'x'.repeat(length),
  blocks: Array.from({ length: blocks }, () => ({ type: 'divider' })),
});

describe('slack/views/fit', () => {
  it('counts every text that a reader would see, wherever it stands', () => {
    const block = { type: 'section', text: { type: 'mrkdwn', text: 'four' }, elements: [{ text: 'two', value: 'no' }] };

    expect(charactersOf({ text: 'x', blocks: [block, block] })).toBe(1 + 2 * 7);
  });

  it('takes 12,000 characters and 50 blocks, and no more', () => {
    expect([fits(saying(12_000, 50)), fits(saying(12_001)), fits(saying(1, 51))]).toEqual([true, false, false]);
  });

  it('draws the most detailed message that fits', () => {
    const drawn: Detail[] = [];
    const message = asDetailedAsFits((detail) => {
      drawn.push(detail);
      return saying(detail.lines * 1_000);
    });

    expect(message.text).toHaveLength(8_000);
    expect(drawn.every(({ lines }, index) => index === 0 || lines <= (drawn[index - 1]?.lines ?? 0))).toBe(true);
  });

  it('draws the least where nothing fits', () => {
    expect(asDetailedAsFits(({ findings }) => saying(20_000, findings)).blocks).toHaveLength(3);
  });

  it('says how many lines it left out', () => {
    expect(firstOf(['a', 'b', 'c'], 2)).toEqual(['a', 'b', '… 1 more']);
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(20), (lines, max) => {
        const shown = firstOf(lines, max);
        expect(shown.length).toBe(lines.length > max ? max + 1 : lines.length);
        expect(lines.slice(0, max)).toEqual(shown.slice(0, max));
      }),
    );
  });
});
