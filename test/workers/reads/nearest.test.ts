import { describe, expect, it } from 'vitest';
import { nearest } from '../../../workers/reads/nearest.ts';

describe('workers/reads/nearest', () => {
  it.each`
    typed         | names                                          | found
    ${'chekout'}  | ${['mail', 'checkout-7d9f-x2k4q', 'checkout']} | ${['checkout', 'checkout-7d9f-x2k4q']}
    ${'payment'}  | ${['payments', 'mail']}                        | ${['payments']}
    ${'web'}      | ${['api', 'db']}                               | ${[]}
    ${'web-1'}    | ${['web-4', 'web-2', 'web-3', 'web-5']}        | ${['web-2', 'web-3', 'web-4']}
    ${'mial'}     | ${['mail', 'api']}                             | ${['mail']}
    ${'ab'}       | ${['xy', 'abc', 'b']}                          | ${['abc']}
    ${'checkout'} | ${[]}                                          | ${[]}
  `('finds $found for $typed', ({ typed, names, found }) => {
    expect(nearest(typed, names)).toEqual(found);
  });

  it('is as generous as the name is long', () => {
    expect(nearest('abcdefghi', ['abcxyzghi'])).toEqual(['abcxyzghi']);
    expect(nearest('abcdefghi', ['abwxyzghi'])).toEqual([]);
  });
});
