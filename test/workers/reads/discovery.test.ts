import { describe, expect, it } from 'vitest';
import { readGroups, readKubernetesVersion } from '../../../workers/reads/discovery.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

const group = (name: string, versions: readonly string[], preferred?: string) => ({
  name,
  versions: versions.map((version) => ({ version, groupVersion: `${name}/${version}` })),
  ...(preferred === undefined ? {} : { preferredVersion: { version: preferred } }),
});

describe('workers/reads/discovery', () => {
  it('lists versions by group, the preferred one first', async () => {
    const groups = [
      group('policy.networking.k8s.io', ['v1alpha1', 'v1alpha2'], 'v1alpha2'),
      group('projectcalico.org', ['v3'], 'v3'),
      group('odd.example', ['v1', '../v1', 'x']),
    ];

    expect(await readGroups(fakeSession({ '/apis': { kind: 'APIGroupList', groups } }))).toEqual({
      ok: true,
      value: new Map([
        ['policy.networking.k8s.io', ['v1alpha2', 'v1alpha1']],
        ['projectcalico.org', ['v3']],
        ['odd.example', ['v1']],
      ]),
    });
  });

  it('hands a refusal on, and takes an odd answer for no cluster without groups', async () => {
    expect(await readGroups(fakeSession({ '/apis': refused('unavailable') }))).toEqual(refused('unavailable'));
    expect(await readGroups(fakeSession({ '/apis': { kind: 'Hello' } }))).toMatchObject({ reason: 'unavailable' });
  });

  it.each`
    answer                       | version
    ${{ gitVersion: 'v1.36.2' }} | ${'v1.36.2'}
    ${{}}                        | ${null}
    ${refused('forbidden')}      | ${null}
  `('reads $version from $answer', async ({ answer, version }) => {
    expect(await readKubernetesVersion(fakeSession({ '/version': answer }))).toBe(version);
  });
});
