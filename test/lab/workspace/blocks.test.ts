import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../lab/workspace/blocks.ts';
import { drawnBlocks } from '../../../lab/workspace/render.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string, more = {}) => ({ type: 'section', text: mrkdwn(text), ...more });
const press = (more = {}) => ({ type: 'button', text: plain('Apply'), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const choice = { text: plain('A'), value: 'a' };
const menu = (more = {}) => ({ type: 'static_select', options: [choice], ...more });
const dialog = { title: plain('Sure?'), text: mrkdwn('It opens'), confirm: plain('Yes'), deny: plain('No') };
const x = (count: number) => 'x'.repeat(count);
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

const problemsOf = (...blocks: unknown[]) => {
  const checked = checkBlocks(blocks);
  return checked.ok ? [] : checked.problems;
};

describe('lab/workspace/blocks', () => {
  it.each`
    what                        | block
    ${'header at its limit'}    | ${{ type: 'header', text: plain(x(150)) }}
    ${'section at its limit'}   | ${section(x(3_000))}
    ${'ten full fields'}        | ${{ type: 'section', fields: many(10, mrkdwn(x(2_000))) }}
    ${'section with a button'}  | ${section('a', { accessory: press() })}
    ${'ten context elements'}   | ${{ type: 'context', elements: many(10, mrkdwn('a')) }}
    ${'25 buttons'}             | ${actions(...many(25, press()))}
    ${'a button at its limits'} | ${actions(press({ text: plain(x(75)), value: x(2_000), action_id: x(255) }))}
    ${'a button with a dialog'} | ${actions(press({ confirm: dialog, style: 'danger' }))}
    ${'a divider'}              | ${{ type: 'divider', block_id: x(255) }}
    ${'emoji count as one'}     | ${{ type: 'header', text: plain('🟢'.repeat(150)) }}
    ${'menus'}                  | ${actions(menu(), { type: 'external_select', min_query_length: 0 })}
    ${'preformatted text'}      | ${{ type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a' }] }] }}
  `('accepts $what', ({ block }) => {
    expect(problemsOf(block)).toEqual([]);
  });

  it.each`
    what                      | block                                                                       | pointer
    ${'an unknown type'}      | ${{ type: 'carousel' }}                                                     | ${'/blocks/0/type'}
    ${'a name of Object'}     | ${{ type: 'constructor' }}                                                  | ${'/blocks/0/type'}
    ${'an unknown property'}  | ${section('a', { colour: 'red' })}                                          | ${'/blocks/0'}
    ${'no text or fields'}    | ${{ type: 'section' }}                                                      | ${'/blocks/0'}
    ${'empty text'}           | ${section('')}                                                              | ${'/blocks/0/text/text'}
    ${'long section'}         | ${section(x(3_001))}                                                        | ${'/blocks/0/text/text'}
    ${'11 fields'}            | ${{ type: 'section', fields: many(11, mrkdwn('a')) }}                       | ${'/blocks/0/fields'}
    ${'a long field'}         | ${{ type: 'section', fields: [mrkdwn(x(2_001))] }}                          | ${'/blocks/0/fields/0/text'}
    ${'long header'}          | ${{ type: 'header', text: plain(x(151)) }}                                  | ${'/blocks/0/text/text'}
    ${'mrkdwn header'}        | ${{ type: 'header', text: mrkdwn('a') }}                                    | ${'/blocks/0/text/type'}
    ${'header sans text'}     | ${{ type: 'header' }}                                                       | ${'/blocks/0/text'}
    ${'11 context elements'}  | ${{ type: 'context', elements: many(11, mrkdwn('a')) }}                     | ${'/blocks/0/elements'}
    ${'empty context'}        | ${{ type: 'context', elements: [] }}                                        | ${'/blocks/0/elements'}
    ${'26 buttons'}           | ${actions(...many(26, press()))}                                            | ${'/blocks/0/elements'}
    ${'long button'}          | ${actions(press({ text: plain(x(76)) }))}                                   | ${'/blocks/0/elements/0/text/text'}
    ${'mrkdwn button'}        | ${actions(press({ text: mrkdwn('a') }))}                                    | ${'/blocks/0/elements/0/text/type'}
    ${'long value'}           | ${actions(press({ value: x(2_001) }))}                                      | ${'/blocks/0/elements/0/value'}
    ${'long action_id'}       | ${actions(press({ action_id: x(256) }))}                                    | ${'/blocks/0/elements/0/action_id'}
    ${'twin action_ids'}      | ${actions(press({ action_id: 'a' }), press({ action_id: 'a' }))}            | ${'/blocks/0/elements/1/action_id'}
    ${'unknown style'}        | ${actions(press({ style: 'green' }))}                                       | ${'/blocks/0/elements/0/style'}
    ${'long url'}             | ${actions(press({ url: x(3_001) }))}                                        | ${'/blocks/0/elements/0/url'}
    ${'unknown dialog style'} | ${actions(press({ confirm: { ...dialog, style: 'green' } }))}               | ${'/blocks/0/elements/0/confirm/style'}
    ${'another element'}      | ${actions({ type: 'datepicker' })}                                          | ${'/blocks/0/elements/0/type'}
    ${'long dialog title'}    | ${actions(press({ confirm: { ...dialog, title: plain(x(101)) } }))}         | ${'/blocks/0/elements/0/confirm/title/text'}
    ${'long dialog text'}     | ${actions(press({ confirm: { ...dialog, text: mrkdwn(x(301)) } }))}         | ${'/blocks/0/elements/0/confirm/text/text'}
    ${'long dialog button'}   | ${actions(press({ confirm: { ...dialog, deny: plain(x(31)) } }))}           | ${'/blocks/0/elements/0/confirm/deny/text'}
    ${'half a dialog'}        | ${actions(press({ confirm: { title: plain('Sure?') } }))}                   | ${'/blocks/0/elements/0/confirm/text'}
    ${'long block_id'}        | ${section('a', { block_id: x(256) })}                                       | ${'/blocks/0/block_id'}
    ${'a remote picture'}     | ${{ type: 'image', image_url: 'https://example.org/a.png', alt_text: 'a' }} | ${'/blocks/0/image_url'}
    ${'picture sans alt'}     | ${{ type: 'image', image_url: 'https://example.org/a.png' }}                | ${'/blocks/0/alt_text'}
    ${'picture of nothing'}   | ${{ type: 'image', alt_text: 'a' }}                                         | ${'/blocks/0'}
    ${'an unknown file'}      | ${{ type: 'image', alt_text: 'a', slack_file: { id: 'F1' } }}               | ${'/blocks/0/slack_file'}
    ${'101 options'}          | ${actions(menu({ options: many(101, choice) }))}                            | ${'/blocks/0/elements/0/options'}
    ${'a text field'}         | ${actions({ type: 'plain_text_input' })}                                    | ${'/blocks/0/elements/0/type'}
    ${'an input'}             | ${{ type: 'input', label: plain('a'), element: menu() }}                    | ${'/blocks/0/type'}
    ${'no object'}            | ${'section'}                                                                | ${'/blocks/0'}
  `('refuses $what at $pointer', ({ block, pointer }) => {
    expect(problemsOf(block)).toContainEqual(expect.stringContaining(`[json-pointer:${pointer}]`));
  });

  it('refuses a block_id that came before', () => {
    const [problem] = problemsOf(section('a', { block_id: 'b' }), section('a', { block_id: 'b' }));

    expect(problem).toContain('[json-pointer:/blocks/1/block_id]');
  });

  it('refuses the fifty-first block', () => {
    expect(problemsOf(...many(50, section('a')))).toEqual([]);
    expect(problemsOf(...many(51, section('a')))).toEqual(['no more than 50 items allowed [json-pointer:/blocks]']);
  });

  it('names what has no name, so that interactions can refer to it', () => {
    const checked = checkBlocks([actions(press(), press())]);

    expect(checked).toMatchObject({
      blocks: [
        {
          block_id: expect.any(String),
          elements: [{ action_id: expect.any(String) }, { action_id: expect.any(String) }],
        },
      ],
    });
  });

  it('accepts only what can be drawn', () => {
    const types = [
      'header',
      'section',
      'context',
      'actions',
      'divider',
      'rich_text',
      'image',
      'input',
      'table',
      'video',
    ];
    const refused = types.filter((type) =>
      problemsOf({ type }).some((problem) => problem.startsWith('unsupported type')),
    );

    expect(types.filter((type) => !refused.includes(type)).sort()).toEqual([...drawnBlocks].sort());
  });
});
