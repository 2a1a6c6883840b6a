import { describe, expect, it } from 'vitest';
import type { RawObject, ReadOutcome } from '../../../../src/ports.ts';
import { lookAtCluster } from '../../../../workers/cli/doctor/cluster.ts';
import { fakeSession, refused } from '../../../helpers/fake-session.ts';
import { fakeWriter } from '../../../helpers/fake-writer.ts';

type Refused = Extract<ReadOutcome<never>, { ok: false }>;

const group = (name: string, version: string) => ({ name, versions: [{ version }], preferredVersion: { version } });
const v3 = '/apis/projectcalico.org/v3';
const calico = {
  [`${v3}/ippools`]: [],
  [`${v3}/felixconfigurations/default`]: refused('not-found'),
  [`${v3}/clusterinformations/default`]: { spec: { calicoVersion: 'v3.31.0' } },
  '/apis/apiregistration.k8s.io/v1/apiservices/v3.projectcalico.org': { spec: { service: { name: 'calico-api' } } },
  [`${v3}/tiers/ipv6check`]: { metadata: { name: 'ipv6check' } },
};
const crd = '/apis/crd.projectcalico.org/v1';
const classic = {
  ...{ [`${crd}/ippools`]: [], [`${crd}/felixconfigurations/default`]: refused('not-found') },
  ...{ [`${crd}/clusterinformations/default`]: refused('not-found'), [`${crd}/tiers/ipv6check`]: refused('not-found') },
};
const signal = new AbortController().signal;

/** A cluster that serves this, where everything is allowed and dry runs end so. */
async function look(
  served: readonly object[],
  answers: Readonly<Record<string, RawObject | readonly RawObject[] | Refused>>,
  dryRun: ReadOutcome<never> | 'taken' = 'taken',
  over: { readonly role?: 'probe' | 'remediate' | 'reap'; readonly isFenceRequired?: boolean } = {},
) {
  const session = fakeSession({ '/apis': { groups: [group('networking.k8s.io', 'v1'), ...served] }, ...answers });
  const cluster = fakeWriter(new Date());
  const writer = {
    ...cluster,
    create: async (object: Parameters<typeof cluster.create>[0], options: { dryRun: boolean }) => {
      const isThere = object.apiVersion.startsWith('networking.k8s.io/');
      if (!isThere) return refused('absent-api');
      return dryRun === 'taken' ? cluster.create(object, options) : dryRun;
    },
  };
  const connected = {
    cluster: { name: 'lab', session: () => session },
    writer,
    mayI: async () => ({ ok: true, value: true }) as const,
  };
  const options = {
    role: 'remediate',
    namespaces: [],
    fenceNamespace: 'shop',
    isFenceRequired: false,
    ...over,
  } as const;
  return lookAtCluster(connected, options, signal);
}
const of = (area: string, findings: Awaited<ReturnType<typeof look>>) => findings.filter((each) => each.area === area);

describe('workers/cli/doctor/cluster', () => {
  it.each`
    what                    | served                                    | answers                                                           | state        | says
    ${'no Calico'}          | ${[]}                                     | ${{}}                                                             | ${'note'}    | ${'not installed'}
    ${'its CRDs alone'}     | ${[group('crd.projectcalico.org', 'v1')]} | ${classic}                                                        | ${'note'}    | ${'read and never written.'}
    ${'its own API server'} | ${[group('projectcalico.org', 'v3')]}     | ${calico}                                                         | ${'ok'}      | ${'own API server (v3.31.0). Tier ipv6check is there.'}
    ${'no tier of ours'}    | ${[group('projectcalico.org', 'v3')]}     | ${{ ...calico, [`${v3}/tiers/ipv6check`]: refused('not-found') }} | ${'note'}    | ${'Without tier ipv6check'}
    ${'pools unread'}       | ${[group('projectcalico.org', 'v3')]}     | ${{ ...calico, [`${v3}/ippools`]: refused('forbidden') }}         | ${'unknown'} | ${'could not be looked at'}
  `('tells Calico with $what', async ({ served, answers, state, says }) => {
    const [finding, ...more] = of('calico', await look(served, answers));

    expect(more).toEqual([]);
    expect(finding).toMatchObject({ state, says: expect.stringContaining(says) });
  });

  const denied = "ValidatingAdmissionPolicy 'ipv6check-shape' with binding 'b' denied request: no end";

  it.each`
    dryRun                            | state        | says
    ${refused('invalid', denied)}     | ${'ok'}      | ${'ipv6check-shape'}
    ${'taken'}                        | ${'wrong'}   | ${'Nobody refuses a networking.k8s.io/v1 NetworkPolicy'}
    ${refused('forbidden', 'User w')} | ${'unknown'} | ${'its rights end before'}
    ${refused('not-found', 'no ns')}  | ${'unknown'} | ${'not by admission: no ns'}
  `('says who refuses the forbidden object: $says', async ({ dryRun, state, says }) => {
    const fence = of('admission', await look([], {}, dryRun));

    expect(fence).toMatchObject([{ state, says: expect.stringContaining(says) }]);
  });

  it.each`
    isFenceRequired | says
    ${true}         | ${'Remediation is off until it does'}
    ${false}        | ${'Remediation is on all the same'}
  `('says what an open fence means when it is required: $isFenceRequired', async ({ isFenceRequired, says }) => {
    const [finding] = of('admission', await look([], {}, 'taken', { isFenceRequired }));

    expect(finding?.says).toContain(says);
  });

  it.each(['probe', 'reap'] as const)('tries nothing that a %s does not do', async (role) => {
    const findings = await look([], {}, 'taken', { role });

    expect(of('admission', findings)).toEqual([]);
    expect(of('rights', findings)).toMatchObject([{ state: 'ok' }]);
    expect(of('clock', findings)).toMatchObject([{ state: 'ok' }]);
  });

  it('says that the cluster does not answer, and nothing else of it', async () => {
    const session = fakeSession({ '/apis': refused('unavailable', 'no route') });
    const connected = {
      ...{ cluster: { name: 'lab', session: () => session }, writer: fakeWriter(new Date()) },
      mayI: () => Promise.reject(new Error('not to be asked')),
    };
    const options = { role: null, namespaces: [], fenceNamespace: 'shop', isFenceRequired: false };

    expect(await lookAtCluster(connected, options, signal)).toEqual([
      { area: 'rights', state: 'unknown', says: 'The cluster did not answer: no route' },
    ]);
  });
});
