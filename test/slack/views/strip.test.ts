import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathStrip, waitingStrip } from '../../../src/slack/views/strip.ts';
import { hostileText } from '../../helpers/hostile.ts';

const hop = (name: string, status: 'ok' | 'broken' | 'unknown' | 'unreached', note = '') => ({
  hop: name,
  status,
  note,
});

describe('slack/views/strip', () => {
  it('draws the way out in order, and says what broke where', () => {
    const path = [
      hop('pod', 'ok'),
      hop('route', 'ok'),
      hop('policy', 'broken', 'denied <here>'),
      hop('node', 'unreached'),
    ];

    expect(pathStrip([...path, hop('out', 'unreached')], 1_000)).toMatchInlineSnapshot(`
      "🟢 ok  pod → route
      🔴 broken  policy: denied &lt;here&gt;
      ⚪ not reached  node → out"
    `);
  });

  it('draws every stage before anything is known', () => {
    expect(waitingStrip()).toMatch(/^⚪ waiting {2}\S.* → .*\S$/);
  });

  it('keeps to its length by whole lines, so that no entity is cut', () => {
    const path = fc.array(
      fc.record({
        hop: hostileText,
        status: fc.constantFrom('ok', 'broken', 'unknown', 'unreached'),
        note: hostileText,
      }),
    );
    fc.assert(
      fc.property(path, fc.integer({ min: 0, max: 600 }), (hops, max) => {
        const strip = pathStrip(hops, max);
        expect(strip.length).toBeLessThanOrEqual(max);
        expect(strip).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
        expect(pathStrip(hops, 1_000_000).startsWith(strip)).toBe(true);
      }),
    );
  });
});
