import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../workers/probes/iproute-json.ts';

describe('workers/probes/iproute-json', () => {
  it('reads a list on one line or many, between warnings', () => {
    expect(jsonOf('[{"a":1}]')).toEqual([{ a: 1 }]);
    expect(jsonOf('Dump was interrupted and may be inconsistent.\n[{\n  "a": 1\n},{\n"b": [ 2 ]\n}]\n')).toEqual([
      { a: 1 },
      { b: [2] },
    ]);
  });

  it.each(['', '\n', '[]', '[ ]\n'])('reads %j as nothing', (text) => {
    expect(jsonOf(text)).toEqual([]);
  });

  it.each`
    text                                     | says
    ${'Cannot find device "nope"'}           | ${'ip says: Cannot find device "nope"'}
    ${'RTNETLINK answers: Invalid argument'} | ${'ip says: RTNETLINK answers: Invalid argument'}
    ${'{"a":1}'}                             | ${'not a list: {"a":1}'}
    ${'[{"a":1}'}                            | ${'JSON'}
  `('says "$says" of $text', ({ text, says }) => {
    expect(() => jsonOf(text)).toThrow(says);
  });
});
