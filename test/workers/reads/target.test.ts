import { describe, expect, it } from 'vitest';
import { BotError } from '../../../src/errors.ts';
import type { Target } from '../../../src/jobs/job.ts';
import type { RawObject } from '../../../src/ports.ts';
import { resolveTargets } from '../../../workers/reads/target.ts';
import { fakeSession, refused } from '../../helpers/fake-session.ts';

type Answers = Parameters<typeof fakeSession>[0];

const shop = '/api/v1/namespaces/shop';
const pods = `${shop}/pods`;
const running = { name: 'app', state: { running: {} } };
const crashing = { name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } };

interface Shape {
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly hash?: string;
  readonly phase?: string;
  readonly status?: object;
  readonly isTerminating?: boolean;
}

function pod(name: string, { owner, hash, phase = 'Running', status = running, isTerminating }: Shape = {}): RawObject {
  return {
    metadata: {
      ...{ namespace: 'shop', name },
      ...(hash === undefined ? {} : { labels: { 'pod-template-hash': hash } }),
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...owner }] }),
      ...(isTerminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { containers: [{ name: 'app' }] },
    status: { phase, containerStatuses: phase === 'Pending' ? [] : [status] },
  };
}

type Pods = Exclude<Target, { kind: 'node' }>;
const podTarget = (name: string): Pods => ({ kind: 'pod', namespace: 'shop', name });
const workload = (kind: 'deploy' | 'sts' | 'ds' | 'job', name: string): Pods => ({
  ...{ kind: 'workload', namespace: 'shop', workload: kind, name },
});

async function resolved(target: Pods, answers: Answers): Promise<unknown> {
  const [raw] = await resolveTargets(fakeSession(answers), target);
  return (raw.metadata as { name: string }).name;
}

async function problemOf(target: Pods, answers: Answers): Promise<BotError> {
  const error = await resolved(target, answers).catch((thrown: unknown) => thrown);
  if (error instanceof BotError) return error;
  throw error;
}

/** No pod of exactly that name, and these others. */
const among = (typed: string, ...all: readonly RawObject[]): Answers => ({
  [`${pods}/${typed}`]: refused('not-found'),
  [pods]: all,
  [shop]: { metadata: { name: 'shop' } },
});

const replicaSet = (name: string, hash: string) => ({ owner: { kind: 'ReplicaSet', name: `${name}-${hash}` }, hash });

describe('workers/reads/target', () => {
  it('takes a pod of exactly that name at once, whatever else begins so', async () => {
    const session = fakeSession({ [`${pods}/checkout`]: pod('checkout') });

    expect(await resolveTargets(session, podTarget('checkout'))).toMatchObject([{ metadata: { name: 'checkout' } }]);
    expect(session.reads).toEqual([{ path: `${pods}/checkout` }]);
  });

  it('takes the one pod that begins so, in whatever state it is', async () => {
    const others = [pod('other'), pod('checkout-1', { phase: 'Pending' })];

    expect(await resolved(podTarget('check'), among('check', ...others))).toBe('checkout-1');
  });

  it('takes a pod of the workload of that name, and of no other that begins so', async () => {
    const all = [
      pod('checkout-api-5f-a', replicaSet('checkout-api', '5f')),
      pod('checkout-7d-b', replicaSet('checkout', '7d')),
      pod('checkout-7d-a', replicaSet('checkout', '7d')),
    ];
    const stateful = [pod('db-1', { owner: { kind: 'StatefulSet', name: 'db' } }), pod('db-x-0')];

    expect(await resolved(podTarget('checkout'), among('checkout', ...all))).toBe('checkout-7d-a');
    expect(await resolved(podTarget('db'), among('db', ...stateful))).toBe('db-1');
  });

  it('lists what a beginning may mean, five of them', async () => {
    const names = Array.from({ length: 7 }, (_, at) => `web-${7 - at}`);
    const error = await problemOf(podTarget('web'), among('web', ...names.map((name) => pod(name))));

    expect(error.code).toBe('TARGET_AMBIGUOUS');
    expect(error.message).toBe(
      '"web" is the beginning of shop/web-1, shop/web-2, shop/web-3, shop/web-4, shop/web-5 and 2 more',
    );
    expect((await problemOf(podTarget('web'), among('web', pod('web-2'), pod('web-1')))).message).toBe(
      '"web" is the beginning of shop/web-1, shop/web-2',
    );
  });

  it('names the nearest where nothing begins so', async () => {
    const error = await problemOf(podTarget('chekout'), among('chekout', pod('checkout-7d-a'), pod('mail-1')));

    expect(error.code).toBe('TARGET_NOT_FOUND');
    expect(error.message).toBe('no pod in namespace "shop" is called "chekout…"; nearest: shop/checkout-7d-a');
    expect((await problemOf(podTarget('zzz'), among('zzz', pod('mail-1')))).message).toBe(
      'no pod in namespace "shop" is called "zzz…"',
    );
  });

  it('says when there is no such namespace', async () => {
    const answers = { ...among('a'), [shop]: refused('not-found') };

    expect(await problemOf(podTarget('a'), answers)).toMatchObject({
      ...{ code: 'TARGET_NOT_FOUND', message: 'there is no namespace "shop"' },
    });
    // Who may not read namespaces is told of the pod alone.
    expect((await problemOf(podTarget('a'), { ...answers, [shop]: refused('forbidden') })).message).toBe(
      'no pod in namespace "shop" is called "a…"',
    );
  });

  it.each`
    outcome                    | code
    ${refused('forbidden')}    | ${'READ_REFUSED'}
    ${refused('unavailable')}  | ${'CLUSTER_UNAVAILABLE'}
    ${refused('throttled')}    | ${'CLUSTER_UNAVAILABLE'}
    ${refused('unauthorized')} | ${'CLUSTER_UNAVAILABLE'}
  `('ends with $code when a read is answered $outcome.reason', async ({ outcome, code }) => {
    const deployment = '/apis/apps/v1/namespaces/shop/deployments/a';

    expect((await problemOf(podTarget('a'), { [`${pods}/a`]: outcome })).code).toBe(code);
    expect((await problemOf(podTarget('a'), { ...among('a'), [pods]: outcome })).code).toBe(code);
    expect((await problemOf(workload('deploy', 'a'), { [deployment]: outcome })).code).toBe(code);
  });

  it.each`
    kind        | path
    ${'deploy'} | ${'/apis/apps/v1/namespaces/shop/deployments/a'}
    ${'sts'}    | ${'/apis/apps/v1/namespaces/shop/statefulsets/a'}
    ${'ds'}     | ${'/apis/apps/v1/namespaces/shop/daemonsets/a'}
    ${'job'}    | ${'/apis/batch/v1/namespaces/shop/jobs/a'}
  `('finds the pods of a $kind by its selector', async ({ kind, path }) => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['x', 'y'] },
      { key: 'zone', operator: 'NotIn', values: ['z'] },
      { key: 'on', operator: 'Exists' },
      { key: 'off', operator: 'DoesNotExist' },
    ];
    const selector = { matchLabels: { app: 'a' }, matchExpressions };
    const session = fakeSession({ [path]: { spec: { selector } }, [pods]: [pod('a-1')] });

    await resolveTargets(session, workload(kind, 'a'));

    expect(session.reads[1]?.query).toEqual({ labelSelector: 'app=a,tier in (x,y),zone notin (z),on,!off' });
  });

  const deployment = '/apis/apps/v1/namespaces/shop/deployments/a';
  const selecting = { [deployment]: { spec: { selector: { matchLabels: { app: 'a' } } } } };

  it.each`
    better                               | worse
    ${pod('z')}                          | ${pod('a', { phase: 'Pending' })}
    ${pod('z')}                          | ${pod('a', { isTerminating: true })}
    ${pod('z')}                          | ${pod('a', { status: crashing })}
    ${pod('z', { status: crashing })}    | ${pod('a', { isTerminating: true })}
    ${pod('z', { isTerminating: true })} | ${pod('a', { phase: 'Failed' })}
    ${pod('a')}                          | ${pod('b')}
  `('prefers $better.metadata to $worse.metadata of a workload', async ({ better, worse }) => {
    const target = workload('deploy', 'a');

    expect(await resolved(target, { ...selecting, [pods]: [worse, better] })).toBe(better.metadata.name);
    expect(await resolved(target, { ...selecting, [pods]: [better, worse] })).toBe(better.metadata.name);
  });

  it('takes a pending or crashing pod where there is no other', async () => {
    const target = workload('deploy', 'a');

    expect(await resolved(target, { ...selecting, [pods]: [pod('a', { phase: 'Pending' })] })).toBe('a');
    expect(await resolved(target, { ...selecting, [pods]: [pod('a', { status: crashing })] })).toBe('a');
  });

  it('says when a workload has no pods, and does not take anybody’s', async () => {
    const target = workload('deploy', 'a');
    const message = 'deploy "a" in namespace "shop" has no pods';

    expect(await problemOf(target, { ...selecting, [pods]: [] })).toMatchObject({ code: 'TARGET_NOT_FOUND', message });
    expect(await problemOf(target, { [deployment]: { spec: {} }, [pods]: [pod('foreign')] })).toMatchObject({
      message,
    });
  });

  it('names the nearest workloads of the same kind', async () => {
    const collection = '/apis/apps/v1/namespaces/shop/deployments';
    const answers: Answers = {
      [`${collection}/chekout`]: refused('not-found'),
      [collection]: [{ metadata: { name: 'checkout' } }, { metadata: { name: 'mail' } }],
      [shop]: { metadata: { name: 'shop' } },
    };

    expect((await problemOf(workload('deploy', 'chekout'), answers)).message).toBe(
      'namespace "shop" has no deploy called "chekout"; nearest: shop/checkout',
    );
    expect(
      (await problemOf(workload('deploy', 'chekout'), { ...answers, [collection]: refused('forbidden') })).message,
    ).toBe('namespace "shop" has no deploy called "chekout"');
  });
});
