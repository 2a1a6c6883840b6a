import { describe, expect, it } from 'vitest';
import { type Finding, findingsText, isWell } from '../../../../workers/cli/doctor/finding.ts';

const finding = (state: Finding['state'], over: Partial<Finding> = {}): Finding => ({
  ...{ area: 'redis', state, says: `It is ${state}.` },
  ...over,
});

describe('workers/cli/doctor/finding', () => {
  it.each`
    states               | well
    ${[]}                | ${true}
    ${['ok', 'note']}    | ${true}
    ${['ok', 'wrong']}   | ${false}
    ${['unknown', 'ok']} | ${false}
  `('is well with $states: $well', ({ states, well }) => {
    expect(isWell(states.map((state: Finding['state']) => finding(state)))).toBe(well);
  });

  it('shows the areas in their order, with what mends them below', () => {
    const text = findingsText([
      finding('wrong', { area: 'clock', fix: 'one\ntwo' }),
      finding('ok', { area: 'configuration' }),
      finding('unknown'),
    ]);

    expect(text.split('\n')).toEqual([
      'ok       configuration  It is ok.',
      'unknown  redis          It is unknown.',
      'wrong    clock          It is wrong.',
      '                        one',
      '                        two',
      '',
      'To be looked after: 2.',
      '',
    ]);
  });

  it('says so where all is well', () => {
    expect(findingsText([finding('ok')])).toMatch(/\n\nAll is well\.\n$/);
  });
});
