import { describe, expect, it } from 'vitest';
import { dateOf, dayName, slackDate } from '../../../../lab/workspace/page/dates.ts';

const now = new Date('2026-03-02T01:00:00Z');
const seconds = Date.parse('2026-03-01T23:30:05Z') / 1_000;
const inZone = (timeZone: string) => ({ now, timeZone });

describe('lab/workspace/page/dates', () => {
  it.each`
    zone                  | format                          | shown
    ${'UTC'}              | ${'{date_num} {time_secs}'}     | ${'2026-03-01 23:30:05'}
    ${'UTC'}              | ${'{date_short_pretty} {time}'} | ${'yesterday 23:30'}
    ${'Europe/Berlin'}    | ${'{date_short_pretty} {time}'} | ${'today 00:30'}
    ${'America/New_York'} | ${'{date_pretty} {time}'}       | ${'today 18:30'}
    ${'Asia/Kolkata'}     | ${'{date_long}'}                | ${'Monday, 2 March 2026'}
    ${'UTC'}              | ${'at {nonsense}'}              | ${'at {nonsense}'}
  `('shows $format as $shown to a reader in $zone', ({ zone, format, shown }) => {
    expect(slackDate(seconds, format, inZone(zone))).toBe(shown);
  });

  it('names the day as its reader has it', () => {
    expect(dayName(dateOf(`${seconds}.000100`), inZone('UTC'))).toBe('Yesterday');
    expect(dayName(dateOf(`${seconds}.000100`), inZone('Europe/Berlin'))).toBe('Today');
    expect(dayName(new Date('2026-02-20T12:00:00Z'), inZone('UTC'))).toBe('Friday 20 February');
  });
});
