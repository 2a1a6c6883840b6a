import { describe, expect, it } from 'vitest';
import { objectsIn, withoutTwins } from '../../src/policy/manifests.ts';

const policy = (name: unknown, more: object = {}) => {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, ...more };
};
const names = (document: unknown) =>
  objectsIn(document, 'x.yaml').found.map(({ object, where }) => `${object.kind} ${object.metadata.name} ${where}`);

describe('policy/manifests', () => {
  it('unfolds lists in lists, and lets a typed list say what its members are', () => {
    const typed = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicyList',
      items: [{ metadata: { name: 'b' } }],
    };

    expect(names({ apiVersion: 'v1', kind: 'List', items: [policy('a'), typed] })).toEqual([
      'NetworkPolicy a x.yaml items[0]',
      'NetworkPolicy b x.yaml items[1] items[0]',
    ]);
    expect(names({ apiVersion: 'v1', kind: 'List', items: null })).toEqual([]);
  });

  it.each([null, undefined])('takes %s for an empty document', (document) => {
    expect(objectsIn(document, 'x')).toEqual({ found: [], problems: [] });
  });

  it.each`
    document                                                     | namespace
    ${policy(undefined)}                                         | ${null}
    ${policy('')}                                                | ${null}
    ${policy(7)}                                                 | ${null}
    ${policy(true, { metadata: { namespace: 'shop' } })}         | ${'shop'}
    ${{ ...policy('a'), metadata: 'a' }}                         | ${null}
    ${{ ...policy('a'), metadata: { name: 'a', namespace: 5 } }} | ${null}
    ${{ ...policy('a'), kind: ['NetworkPolicy'] }}               | ${null}
  `('has a problem with $document, of concern to $namespace', ({ document, namespace }) => {
    expect(objectsIn(document, 'x')).toMatchObject({ found: [], problems: [{ namespace }] });
  });

  it('keeps the later of two that differ, says so where it may decide, and one of two that do not', () => {
    const twins = (...documents: unknown[]) =>
      withoutTwins(objectsIn({ apiVersion: 'v1', kind: 'List', items: documents }, 'x'));
    const placed = (spec: object) => policy('a', { metadata: { name: 'a', namespace: 'shop' }, spec });

    expect(twins(placed({}), placed({}))).toMatchObject({ found: [{ where: 'x items[1]' }], problems: [] });
    const differing = twins(placed({}), placed({ podSelector: {} }));
    expect(differing.found).toHaveLength(1);
    expect(differing).toMatchObject({
      found: [{ object: { spec: { podSelector: {} } } }],
      problems: [{ namespace: 'shop' }],
    });
    const config = (data: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data });
    expect(twins(config('a'), config('b')).problems).toEqual([]);
    expect(twins(policy('a'), { ...policy('a'), apiVersion: 'projectcalico.org/v3' }).found).toHaveLength(2);
  });
});
