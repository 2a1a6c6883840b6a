import { describe, expect, it } from 'vitest';
import { Calico } from '../../../src/evidence/objects.ts';
import { calicoBase, readCalico } from '../../../workers/reads/calico.ts';
import type { Groups } from '../../../workers/reads/discovery.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

type Answers = Parameters<typeof fakeSession>[0];

const v3 = '/apis/projectcalico.org/v3';
const old = '/apis/crd.projectcalico.org/v1';
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v3.projectcalico.org';
const groupsOf = (...names: readonly string[]): Groups =>
  new Map(names.map((name) => [name, [name.startsWith('crd.') ? 'v1' : 'v3']]));

const pool = { metadata: { name: 'v6' }, spec: { cidr: 'fd00::/64', natOutgoing: true, vxlanMode: 'Always' } };
const answers = (base: string, over: Answers = {}): Answers => ({
  [`${base}/ippools`]: [pool, { metadata: { name: 'off' }, spec: { cidr: '10.0.0.0/16', disabled: true } }],
  [`${base}/felixconfigurations/default`]: { spec: { ipv6Support: true } },
  [`${base}/clusterinformations/default`]: { spec: { calicoVersion: 'v3.32.1' } },
  [apiService]: { spec: {} },
  ...over,
});
const read = (groups: Groups, given: Answers) => readCalico(fakeSession(given), { ok: true, value: groups });

describe('workers/reads/calico', () => {
  it('reads version, pools and Felix', async () => {
    const observation = await read(groupsOf('projectcalico.org'), answers(v3));

    expect(observation).toEqual({
      ...{ status: 'observed', by: `objects of ${v3}` },
      value: Calico.parse({
        ...{ flavour: 'v3-native', version: 'v3.32.1', felix: { ipv6Support: true } },
        ipPools: [
          {
            name: 'v6',
            cidr: 'fd00::/64',
            natOutgoing: true,
            isDisabled: false,
            ipipMode: 'Never',
            vxlanMode: 'Always',
          },
          {
            name: 'off',
            cidr: '10.0.0.0/16',
            natOutgoing: false,
            isDisabled: true,
            ipipMode: 'Never',
            vxlanMode: 'Never',
          },
        ],
      }),
    });
  });

  const aggregated = { spec: { service: { name: 'calico-api', namespace: 'calico-system' } } };

  it.each`
    groups                                            | service                 | base   | flavour
    ${['crd.projectcalico.org']}                      | ${refused('not-found')} | ${old} | ${'crd-v1'}
    ${['projectcalico.org']}                          | ${{ spec: {} }}         | ${v3}  | ${'v3-native'}
    ${['projectcalico.org', 'crd.projectcalico.org']} | ${{ spec: {} }}         | ${v3}  | ${'v3-native'}
    ${['projectcalico.org', 'crd.projectcalico.org']} | ${aggregated}           | ${v3}  | ${'v3-aggregated'}
    ${['projectcalico.org', 'crd.projectcalico.org']} | ${refused('forbidden')} | ${v3}  | ${'v3-aggregated'}
    ${['projectcalico.org']}                          | ${refused('forbidden')} | ${v3}  | ${'v3-native'}
  `('tells $flavour by $groups and $service', async ({ groups, service, base, flavour }) => {
    const observation = await read(groupsOf(...groups), answers(base, { [apiService]: service }));

    expect(observation).toMatchObject({ status: 'observed', value: { flavour } });
  });

  it('is absent where none of its groups is served, and asks nothing', async () => {
    const session = fakeSession({});
    const observation = await readCalico(session, { ok: true, value: groupsOf('apps') });

    expect(observation).toMatchObject({ status: 'observed', value: { flavour: 'absent', version: null, ipPools: [] } });
    expect(session.reads).toEqual([]);
    expect(calicoBase(new Map([['projectcalico.org', ['v4']]]))).toBeNull();
  });

  it.each`
    situation                      | over                                                                 | code
    ${'its pools may not be read'} | ${{ [`${v3}/ippools`]: refused('forbidden') }}                       | ${'READ_REFUSED'}
    ${'its pools do not answer'}   | ${{ [`${v3}/ippools`]: refused('unavailable') }}                     | ${'TIMED_OUT'}
    ${'Felix’s may not be read'}   | ${{ [`${v3}/felixconfigurations/default`]: refused('forbidden') }}   | ${'READ_REFUSED'}
    ${'Felix’s does not answer'}   | ${{ [`${v3}/felixconfigurations/default`]: refused('unavailable') }} | ${'TIMED_OUT'}
  `('is not seen when $situation', async ({ over, code }) => {
    expect(await read(groupsOf('projectcalico.org'), answers(v3, over))).toMatchObject({ status: 'failed', code });
  });

  it.each(['not-found', 'absent-api'] as const)(
    'has Felix’s defaults where its configuration is %s',
    async (reason) => {
      const over = { [`${v3}/felixconfigurations/default`]: refused(reason) };

      expect(await read(groupsOf('projectcalico.org'), answers(v3, over))).toMatchObject({ value: { felix: {} } });
    },
  );

  it('does without the version', async () => {
    const over = { [`${v3}/clusterinformations/default`]: refused('forbidden') };

    expect(await read(groupsOf('projectcalico.org'), answers(v3, over))).toMatchObject({ value: { version: null } });
  });

  it('is not seen where groups could not be read', async () => {
    expect(await readCalico(fakeSession({}), refused('unavailable', 'gone'))).toEqual({
      ...{ status: 'failed', code: 'TIMED_OUT', detail: 'API groups: gone' },
    });
  });
});
