import { describe, expect, it } from 'vitest';
import { Policies } from '../../../src/evidence/objects.ts';
import type { Groups } from '../../../workers/reads/discovery.ts';
import { readPolicies } from '../../../workers/reads/policies.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

type Answers = Parameters<typeof fakeSession>[0];

const token = 'tok-planted';
const secretive = {
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': token },
  managedFields: [{ manager: token }],
};
const network = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const v3 = '/apis/projectcalico.org/v3';
const admin = '/apis/policy.networking.k8s.io';

const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', ...secretive },
  spec: { podSelector: {} },
};
const always: Answers = {
  '/api/v1/namespaces/shop': { metadata: { name: 'shop', labels: { team: 'a' }, ...secretive }, spec: {} },
  '/api/v1/namespaces/shop/serviceaccounts/default': {
    ...{ metadata: { name: 'default', namespace: 'shop', labels: {}, ...secretive }, secrets: [{ name: token }] },
  },
  [network]: [policy],
};
const calico: Answers = {
  [`${v3}/namespaces/shop/networkpolicies`]: [],
  [`${v3}/globalnetworkpolicies`]: [
    { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'g' } },
  ],
  [`${v3}/tiers`]: [],
  [`${v3}/globalnetworksets`]: [],
  [`${v3}/networksets`]: [],
};

const groups = (entries: Readonly<Record<string, readonly string[]>>): Groups =>
  new Map(Object.entries({ 'networking.k8s.io': ['v1'], ...entries }));
const withCalico = groups({ 'projectcalico.org': ['v3'] });

async function read(served: Groups, answers: Answers): Promise<Policies> {
  const observation = await readPolicies(
    fakeSession({ ...always, ...answers }),
    { ok: true, value: served },
    'shop',
    'default',
  );
  if (observation.status === 'failed') throw new Error(observation.detail);
  return Policies.parse(observation.value);
}

describe('workers/reads/policies', () => {
  it('reads all kinds that are served, with their namespace and service account, and drops what it does not name', async () => {
    const policies = await read(withCalico, calico);

    expect(policies).toEqual({
      objects: [
        { ...policy, metadata: { name: 'deny', labels: {} } },
        { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'g', labels: {} } },
      ],
      namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } }],
      serviceAccounts: [
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop', labels: {} } },
      ],
      ...{ unread: [], notUnderstood: [] },
    });
    expect(JSON.stringify(policies)).not.toContain(token);
  });

  it.each`
    policy                      | isRead
    ${{ applyOnForward: true }} | ${true}
    ${{ doNotTrack: true }}     | ${true}
    ${{ preDNAT: true }}        | ${true}
    ${{ selector: 'all()' }}    | ${false}
  `('reads host endpoints only where a policy may meet a packet at one: $policy', async ({ policy, isRead }) => {
    const hep = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'HostEndpoint',
      metadata: { name: 'uplink' },
      spec: { node: 'a' },
    };
    const global = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'g' },
      spec: policy,
    };
    const { objects, areHostsRead } = await read(withCalico, {
      ...calico,
      [`${v3}/globalnetworkpolicies`]: [global],
      ...(isRead ? { [`${v3}/hostendpoints`]: [hep] } : {}),
    });

    expect(areHostsRead).toBe(isRead ? true : undefined);
    expect(objects.some(({ kind }) => kind === 'HostEndpoint')).toBe(isRead);
  });

  it('knows of no host endpoint that it may not read, so that every answer stays in doubt', async () => {
    const spec = { applyOnForward: true };
    const global = { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'g' }, spec };
    const answers = { [`${v3}/globalnetworkpolicies`]: [global], [`${v3}/hostendpoints`]: refused('forbidden') };

    expect((await read(withCalico, { ...calico, ...answers })).areHostsRead).toBeUndefined();
  });

  it('asks for nothing of a group that is not served', async () => {
    const session = fakeSession(always);
    await readPolicies(session, { ok: true, value: groups({}) }, 'shop', 'default');

    expect(session.reads.map(({ path }) => path).toSorted()).toEqual(Object.keys(always).toSorted());
  });

  it.each`
    versions                    | asked
    ${['v1alpha1']}             | ${['v1alpha1/adminnetworkpolicies', 'v1alpha1/baselineadminnetworkpolicies']}
    ${['v1alpha2']}             | ${['v1alpha2/clusternetworkpolicies']}
    ${['v1alpha2', 'v1alpha1']} | ${['v1alpha1/adminnetworkpolicies', 'v1alpha1/baselineadminnetworkpolicies', 'v1alpha2/clusternetworkpolicies']}
  `('asks for $asked of the administrators’ group with $versions', async ({ versions, asked }) => {
    const answers = Object.fromEntries(asked.map((path: string) => [`${admin}/${path}`, []]));
    const session = fakeSession({ ...always, ...answers });
    await readPolicies(
      session,
      { ok: true, value: groups({ 'policy.networking.k8s.io': versions }) },
      'shop',
      'default',
    );

    const paths = session.reads.map(({ path }) => path).filter((path) => path.startsWith(admin));
    expect(paths.toSorted()).toEqual(asked.map((path: string) => `${admin}/${path}`));
  });

  it('reads the older group where Calico has no other', async () => {
    const old = '/apis/crd.projectcalico.org/v1';
    const answers = Object.fromEntries(Object.keys(calico).map((path) => [path.replace(v3, old), []]));

    expect(await read(groups({ 'crd.projectcalico.org': ['v1'] }), answers)).toMatchObject({ unread: [] });
  });

  it.each`
    path                                                 | reason           | kind
    ${network}                                           | ${'forbidden'}   | ${'NetworkPolicy'}
    ${`${v3}/tiers`}                                     | ${'unavailable'} | ${'Tier'}
    ${`${v3}/globalnetworkpolicies`}                     | ${'forbidden'}   | ${'GlobalNetworkPolicy'}
    ${`${v3}/namespaces/shop/networkpolicies`}           | ${'throttled'}   | ${'Calico NetworkPolicy'}
    ${'/api/v1/namespaces/shop'}                         | ${'forbidden'}   | ${'Namespace'}
    ${'/api/v1/namespaces/shop/serviceaccounts/default'} | ${'not-found'}   | ${'ServiceAccount'}
  `('names $kind as unread when it is $reason, and keeps the rest', async ({ path, reason, kind }) => {
    const policies = await read(withCalico, { ...calico, [path]: refused(reason, 'why') });

    expect(policies.unread).toEqual([{ kind, reason: 'why' }]);
    expect(policies.objects.length + policies.namespaces.length + policies.serviceAccounts.length).toBeGreaterThan(1);
  });

  it('misses no kind that its group does not have', async () => {
    const policies = await read(withCalico, { ...calico, [`${v3}/tiers`]: refused('absent-api') });

    expect(policies.unread).toEqual([]);
  });

  it.each`
    group                   | kind
    ${'cilium.io'}          | ${'CiliumNetworkPolicy'}
    ${'crd.antrea.io'}      | ${'Antrea NetworkPolicy'}
    ${'k8s.ovn.org'}        | ${'OVN-Kubernetes EgressFirewall'}
    ${'kubeovn.io'}         | ${'Kube-OVN security group'}
    ${'networking.k8s.aws'} | ${'AWS PolicyEndpoint'}
  `('says that it does not understand $kind', async ({ group, kind }) => {
    expect((await read(groups({ [group]: ['v1'] }), {})).notUnderstood).toEqual([kind]);
  });

  it('says a kind once that two groups of one plugin bring', async () => {
    const both = groups({ 'crd.antrea.io': ['v1beta1'], 'policy.antrea.io': ['v1'] });

    expect((await read(both, {})).notUnderstood).toEqual(['Antrea NetworkPolicy']);
  });

  it('sees nothing where groups could not be read', async () => {
    expect(await readPolicies(fakeSession({}), refused('unavailable', 'gone'), 'shop', 'default')).toEqual({
      ...{ status: 'failed', code: 'TIMED_OUT', detail: 'API groups: gone' },
    });
  });
});
