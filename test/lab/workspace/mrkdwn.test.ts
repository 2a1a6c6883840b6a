import { describe, expect, it } from 'vitest';
import { readable, slackDate } from '../../../lab/workspace/mrkdwn.ts';
import { createDirectory } from '../../../lab/workspace/people.ts';

const directory = createDirectory();

describe('lab/workspace/mrkdwn', () => {
  it.each`
    mrkdwn                                       | text
    ${'&lt;!channel&gt; &amp;amp;'}              | ${'<!channel> &amp;'}
    ${`<@${directory.people.bob.id}> <@U0NONE>`} | ${'@bob @U0NONE'}
    ${'<!subteam^S0APPROVER> <!here>'}           | ${'@network-approvers @here'}
    ${'<https://a.example|docs> <mailto:a@b.c>'} | ${'docs (https://a.example) mailto:a@b.c'}
    ${'<#C0INCIDENT>'}                           | ${'#incidents'}
    ${'until <!date^1772334245^{time} UTC|x>'}   | ${'until 03:04 UTC'}
    ${'<!date^soon^{time}|in a while>'}          | ${'in a while'}
  `('reads $mrkdwn as $text', ({ mrkdwn, text }) => {
    expect(readable(mrkdwn, directory)).toBe(text);
  });

  it.each`
    format            | text
    ${'{date_num}'}   | ${'2026-03-01'}
    ${'{date}'}       | ${'March 1, 2026'}
    ${'{date_short}'} | ${'Mar 1, 2026'}
    ${'{date_long}'}  | ${'Sunday, March 1, 2026'}
    ${'{time_secs}'}  | ${'03:04:05'}
    ${'{nonsense}'}   | ${'{nonsense}'}
  `('writes $format as $text', ({ format, text }) => {
    expect(slackDate(1_772_334_245, format)).toBe(text);
  });
});
