import { describe, expect, it } from 'vitest';
import type { RawObject } from '../../../src/ports.ts';
import { controllerOf, readWorkload } from '../../../workers/reads/owner.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

const labels = { app: 'checkout', team: 'a', 'pod-template-hash': '7d', 'statefulset.kubernetes.io/pod-name': 'x-0' };
const apps = '/apis/apps/v1/namespaces/shop';
const owned = (apiVersion: string, kind: string, name: string, more: object = {}): RawObject => ({
  metadata: {
    ...{ namespace: 'shop', name: 'pod', labels },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: 'not-the-controller' },
      { apiVersion, kind, name, controller: true },
    ],
  },
  ...more,
});
const selecting = (matchLabels: object, matchExpressions?: readonly object[]) => ({
  spec: { selector: { matchLabels, ...(matchExpressions ? { matchExpressions } : {}) } },
});
const pod = owned('apps/v1', 'ReplicaSet', 'checkout-7d');
const replicaSet = owned(
  'apps/v1',
  'Deployment',
  'checkout',
  selecting({ app: 'checkout', 'pod-template-hash': '7d' }),
);

/** Without what its owner reference says besides. */
function known(found: object | null): object | null {
  if (found === null) return null;
  const { apiVersion: _, uid: __, ...others } = found as Record<string, unknown>;
  return others;
}

describe('workers/reads/owner', () => {
  it('climbs from the ReplicaSet to the Deployment and takes its selector', async () => {
    const session = fakeSession({
      [`${apps}/replicasets/checkout-7d`]: replicaSet,
      [`${apps}/deployments/checkout`]: selecting({ app: 'checkout' }),
    });

    expect(known(await readWorkload(session, pod))).toEqual({
      ...{ kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
    });
    expect(session.reads).toHaveLength(2);
  });

  it('uses the ReplicaSet’s selector, without what dies with a rollout, where the Deployment may not be read', async () => {
    const session = fakeSession({
      [`${apps}/replicasets/checkout-7d`]: replicaSet,
      [`${apps}/deployments/checkout`]: refused('forbidden'),
    });

    expect(known(await readWorkload(session, pod))).toEqual({
      ...{ kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
    });
  });

  it('guesses from all of the pod’s lasting labels where nothing may be read', async () => {
    const session = fakeSession({ [`${apps}/replicasets/checkout-7d`]: refused('forbidden') });

    expect(known(await readWorkload(session, pod))).toEqual({
      ...{ kind: 'ReplicaSet', name: 'checkout-7d', matchLabels: { app: 'checkout', team: 'a' } },
    });
  });

  it('guesses so too where labels alone would select more than the selector does', async () => {
    const answer = selecting({ app: 'checkout' }, [{ key: 'track', operator: 'NotIn', values: ['canary'] }]);
    const session = fakeSession({ [`${apps}/daemonsets/checkout`]: answer });

    expect(known(await readWorkload(session, owned('apps/v1', 'DaemonSet', 'checkout')))).toEqual({
      ...{ kind: 'DaemonSet', name: 'checkout', matchLabels: { app: 'checkout', team: 'a' } },
    });
  });

  it.each`
    apiVersion    | kind             | path
    ${'apps/v1'}  | ${'StatefulSet'} | ${'/apis/apps/v1/namespaces/shop/statefulsets/x'}
    ${'apps/v1'}  | ${'DaemonSet'}   | ${'/apis/apps/v1/namespaces/shop/daemonsets/x'}
    ${'batch/v1'} | ${'Job'}         | ${'/apis/batch/v1/namespaces/shop/jobs/x'}
  `('reads a $kind', async ({ apiVersion, kind, path }) => {
    const session = fakeSession({ [path]: selecting({ app: 'x' }) });

    expect(known(await readWorkload(session, owned(apiVersion, kind, 'x')))).toEqual({
      ...{ kind, name: 'x', matchLabels: { app: 'x' } },
    });
  });

  it('names an owner that it does not know, without asking for it', async () => {
    const session = fakeSession({});

    expect(known(await readWorkload(session, owned('argoproj.io/v1alpha1', 'Rollout', 'x')))).toEqual({
      ...{ kind: 'Rollout', name: 'x', matchLabels: { app: 'checkout', team: 'a' } },
    });
    // A kind of the same name in a group of somebody else's.
    expect(await readWorkload(session, owned('example.com/v1', 'Deployment', 'x'))).toMatchObject({ name: 'x' });
    expect(session.reads).toEqual([]);
  });

  it('climbs from a Job to its CronJob and no further', async () => {
    const job = owned('batch/v1', 'CronJob', 'nightly', selecting({ 'batch.kubernetes.io/controller-uid': 'u' }));
    const session = fakeSession({ '/apis/batch/v1/namespaces/shop/jobs/nightly-1': job });

    expect(known(await readWorkload(session, owned('batch/v1', 'Job', 'nightly-1')))).toEqual({
      ...{ kind: 'CronJob', name: 'nightly', matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
    });
  });

  it('goes round no circle', async () => {
    const circle = owned('apps/v1', 'ReplicaSet', 'checkout-7d', selecting({ app: 'x' }));
    const session = fakeSession({ [`${apps}/replicasets/checkout-7d`]: circle });

    expect(await readWorkload(session, pod)).toMatchObject({ kind: 'ReplicaSet' });
    expect(session.reads).toHaveLength(2);
  });

  it('finds no workload of a bare pod', async () => {
    expect(await readWorkload(fakeSession({}), { metadata: { namespace: 'shop', name: 'a' } })).toBeNull();
  });

  it.each(['../secrets/a', 'A', '', 'a/b', 'a?b'])('puts no owner called "%s" into a path', (name) => {
    expect(controllerOf(owned('apps/v1', 'ReplicaSet', name))).toBeNull();
  });

  it('takes the controller, which need not be the first owner', () => {
    expect(known(controllerOf(pod))).toEqual({ group: 'apps', kind: 'ReplicaSet', name: 'checkout-7d' });
  });

  it('knows the workload as an owner reference names it', async () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'x', uid: 'uid-9', controller: true };
    const raw = { metadata: { name: 'x-1', namespace: 'shop', labels: {}, ownerReferences: [owner] } };

    expect(await readWorkload(fakeSession({}), raw)).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      uid: 'uid-9',
    });
  });
});
