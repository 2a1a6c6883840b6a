import { describe, expect, it } from 'vitest';
import { jsonPatch, mergePatch } from '../../../lab/cluster/patch.ts';

describe('lab/cluster/patch', () => {
  it.each`
    target                | change                          | merged
    ${{ a: 'b' }}         | ${{ a: 'c' }}                   | ${{ a: 'c' }}
    ${{ a: 'b', b: 'c' }} | ${{ a: null }}                  | ${{ b: 'c' }}
    ${{ a: ['b'] }}       | ${{ a: ['c', 'd'] }}            | ${{ a: ['c', 'd'] }}
    ${{ a: { b: 'c' } }}  | ${{ a: { b: 'd', c: null } }}   | ${{ a: { b: 'd' } }}
    ${{ a: 'foo' }}       | ${'bar'}                        | ${'bar'}
    ${{}}                 | ${{ a: { bb: { ccc: null } } }} | ${{ a: { bb: {} } }}
  `('merges $change into $target as RFC 7386 does', ({ target, change, merged }) => {
    expect(mergePatch(target, change)).toEqual(merged);
  });

  it.each`
    steps                                                                     | result
    ${[{ op: 'add', path: '/a/-', value: 3 }]}                                | ${{ a: [1, 2, 3], 'b/c': 1 }}
    ${[{ op: 'add', path: '/a/0', value: 0 }]}                                | ${{ a: [0, 1, 2], 'b/c': 1 }}
    ${[{ op: 'remove', path: '/a/1' }]}                                       | ${{ a: [1], 'b/c': 1 }}
    ${[{ op: 'replace', path: '/b~1c', value: 2 }]}                           | ${{ a: [1, 2], 'b/c': 2 }}
    ${[{ op: 'test', path: '/a/0', value: 1 }, { op: 'remove', path: '/a' }]} | ${{ 'b/c': 1 }}
  `('applies $steps as RFC 6902 does', ({ steps, result }) => {
    expect(jsonPatch({ a: [1, 2], 'b/c': 1 }, steps)).toEqual(result);
  });

  it.each`
    steps                                        | why
    ${[{ op: 'test', path: '/a', value: 2 }]}    | ${/testing value failed/}
    ${[{ op: 'replace', path: '/x', value: 2 }]} | ${/missing key/}
    ${[{ op: 'remove', path: '/a/b' }]}          | ${/missing path/}
    ${[{ op: 'explode', path: '/a' }]}           | ${/unexpected kind/}
    ${{ spec: {} }}                              | ${/cannot unmarshal object into Go value of type \[\]handlers.jsonPatchOp/}
  `('refuses $steps', ({ steps, why }) => {
    expect(() => jsonPatch({ a: 1 }, steps)).toThrow(why);
  });
});
