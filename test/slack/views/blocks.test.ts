import { describe, expect, it } from 'vitest';
import { actions, context, header, preformatted, section } from '../../../src/slack/views/blocks.ts';
import { refusalsOf } from '../../helpers/slack-limits.ts';

const refusalsFor = (...blocks: Record<string, unknown>[]) => refusalsOf({ text: 'x', blocks });

describe('slack/views/blocks', () => {
  it('shortens what it may, to exactly Slack’s limits', () => {
    const long = 'x'.repeat(5_000);
    const confirm = { title: long, text: long, yes: long, no: long };
    const button = { label: long, actionId: 'a', value: 'v', style: 'danger' as const, confirm };

    expect(refusalsFor(header(long), actions(button), context(...Array(30).fill('x')))).toEqual([]);
    expect(JSON.stringify(header(long)).match(/x+…/)?.[0]).toHaveLength(150);
  });

  it('lets Slack look for nothing in what is copied, and make links of nothing else', () => {
    expect(preformatted('<!channel>')).toEqual({
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: '<!channel>' }] }],
    });
    expect(section('https://x.example')).toMatchObject({ text: { verbatim: true } });
    expect(context('https://x.example')).toMatchObject({ elements: [{ verbatim: true }] });
  });

  it('leaves out what a button does not have', () => {
    expect(actions({ label: 'Run again', actionId: 'run_again', value: 'id' })).toEqual({
      type: 'actions',
      elements: [
        { type: 'button', text: { type: 'plain_text', text: 'Run again' }, action_id: 'run_again', value: 'id' },
      ],
    });
  });
});
