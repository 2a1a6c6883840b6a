import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Frame } from '../../../workers/probes/frames.ts';
import { observe, odd, type Section, UselessTool } from '../../../workers/probes/section.ts';
import { missing } from './seeing.ts';

const frame = (text: string, code = 0): Frame => ({ text, code, ms: 1 });
const resolvers = (over: Partial<Section<'podResolvers'>> = {}): Section<'podResolvers'> => ({
  ...{ provides: 'podResolvers', from: ['a'], parse: (text = '') => text.split(' '), ...over },
});
const see = (section: Section<'podResolvers'>, frames: Readonly<Record<string, Frame>>) =>
  observe(section, new Map(Object.entries(frames)), 'the probe', missing);

describe('workers/probes/section', () => {
  it('observes what its parser makes of a section, and by whom', () => {
    expect(see(resolvers(), { a: frame('x y') })).toEqual({ status: 'observed', value: ['x', 'y'], by: 'the probe' });
  });

  it('is missing for the probe’s own reason when a section is not there', () => {
    expect(see(resolvers({ from: ['a', 'b'] }), { a: frame('x') })).toBe(missing);
  });

  it.each`
    text                   | code   | failure           | detail
    ${'sh: ip: not found'} | ${127} | ${'TOOL_MISSING'} | ${'a: sh: ip: not found'}
    ${''}                  | ${127} | ${'TOOL_MISSING'} | ${'a: exit code 127'}
    ${'cannot\nbe read'}   | ${1}   | ${'UNPARSABLE'}   | ${'a: cannot'}
    ${''}                  | ${137} | ${'UNPARSABLE'}   | ${'a: exit code 137'}
  `('fails with $failure when its command ended with $code', ({ text, code, failure, detail }) => {
    expect(see(resolvers(), { a: frame(text, code) })).toEqual({ status: 'failed', code: failure, detail });
  });

  it('does with what is left where commands may fail, and not without any', () => {
    const section = resolvers({ from: ['a', 'b'], isPartial: true, parse: (...texts) => texts });

    expect(see(section, { a: frame('gone', 127), b: frame('x') })).toMatchObject({ value: ['', 'x'] });
    expect(see(section, { a: frame('gone', 127), b: frame('broken', 1) })).toMatchObject({ code: 'TOOL_MISSING' });
    expect(see(resolvers({ from: ['a', 'b'] }), { a: frame('x'), b: frame('no', 1) })).toMatchObject({
      detail: 'b: no',
    });
  });

  it.each`
    situation                     | parse                                                           | failure         | detail
    ${'a parser that is puzzled'} | ${() => {
  throw odd('not a link', 'so\nand so');
}} | ${'UNPARSABLE'} | ${'a: not a link: so'}
    ${'a tool that is no use'} | ${() => {
  throw new UselessTool('no IPv6');
}} | ${'TOOL_MISSING'} | ${'a: no IPv6'}
    ${'a schema in the parser'}   | ${() => z.object({ a: z.array(z.string()) }).parse({ a: [1] })} | ${'UNPARSABLE'} | ${/^a: Invalid input.* at a\.0$/}
    ${'a value of another shape'} | ${() => ['x', 5]}                                               | ${'UNPARSABLE'} | ${/^a: Invalid input.* at 1$/}
    ${'many lines of an error'} | ${() => {
  throw new Error('one\ntwo');
}} | ${'UNPARSABLE'} | ${'a: one'}
    ${'something thrown'} | ${() => {
  throw 'x';
}} | ${'UNPARSABLE'} | ${'a: unexpected output'}
  `('says in a line what is wrong with $situation', ({ parse, failure, detail }) => {
    expect(see(resolvers({ parse }), { a: frame('') })).toEqual({
      ...{ status: 'failed', code: failure, detail: expect.stringMatching(detail) },
    });
  });

  it('quotes no more than can be read', () => {
    expect(odd('what', 'x'.repeat(160)).message).toBe(`what: ${'x'.repeat(160)}`);
    expect(odd('what', 'x'.repeat(161)).message).toBe(`what: ${'x'.repeat(159)}…`);
  });
});
