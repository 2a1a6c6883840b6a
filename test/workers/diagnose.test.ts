import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import { type CheckableLab, startCheckableLab } from '../helpers/lab-cluster.ts';

describe('workers/diagnose', () => {
  let lab: CheckableLab;

  beforeAll(async () => {
    lab = await startCheckableLab({ seed: 41, roles: { blind: [], deaf: readsWithoutExec } });
  });
  afterAll(() => lab?.close());
  afterEach(() => {
    lab.cluster.trouble.exec = undefined;
    lab.cluster.trouble.latencyMs = 0;
  });

  /** A pod object beside the running ones, with nothing behind it. */
  async function addPod(name: string, change: { spec?: object; status?: object }): Promise<void> {
    const like = lab.cluster.objects('Pod').find(({ metadata }) => metadata.name.startsWith('checkout-'));
    const { spec, status, metadata } = like as KubeObject & { spec: object; status: object };
    await lab.cluster.apply({
      ...like!,
      metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, labels: { ...metadata.labels } },
      spec: { ...spec, ...change.spec },
      status: { ...status, ...change.status },
    });
  }

  it('uses another container where the first has no shell, and says which', async () => {
    const { subject, verdict } = await lab.check('shop/mesh');

    expect(subject).toMatchObject({ rung: 'other-container', container: 'sidecar' });
    expect(verdict.outcome).toBe('reachable');
  });

  it('has the node’s view alone of a pod without a shell, and never calls it reachable', async () => {
    const { subject, verdict } = await lab.check('shop/static');

    expect(subject).toMatchObject({ rung: 'node-only', container: null });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.notLookedAt.join(' ')).toContain('has a shell');
  });

  it('asks another pod of the node where the pod has no shell, in a second phase, and says so', async () => {
    const { verdict, findings, cost } = await lab.check('shop/static');
    const view = findings.find(({ checkId }) => checkId === 'sibling-view')!;

    expect(view).toMatchObject({ outcome: 'pass', stage: 'destination' });
    expect(verdict.summary).toContain(view.summary);
    expect(cost.phases).toHaveLength(2);
    expect(cost.execs).toBeLessThanOrEqual(5);
  });

  it('has one phase where the pod itself tells everything', async () => {
    const { cost, findings } = await lab.check('shop/checkout');

    expect(cost.phases).toHaveLength(1);
    expect(findings.find(({ checkId }) => checkId === 'sibling-view')!.outcome).toBe('not-applicable');
  });

  it('checks a node by itself', async () => {
    const { node } = lab.world.subject;
    const { verdict, subject, findings, request } = await lab.check(`node/${node}`);

    expect(request.target).toBe(`node/${node}`);
    expect(subject).toMatchObject({ namespace: '', pod: '', uid: '', node, rung: 'node-only', container: null });
    expect(verdict).toMatchObject({ outcome: 'reachable', notLookedAt: [] });
    expect(findings.find(({ checkId }) => checkId === 'node-egress')!.outcome).toBe('pass');
    expect(findings.find(({ checkId }) => checkId === 'pod-egress')!.outcome).toBe('not-applicable');
  });

  it('compares one pod for each node of a workload, and says a finding once', async () => {
    const like = lab.cluster.objects('Pod').find(({ metadata }) => metadata.name.startsWith('reports-')) as KubeObject;
    const own = lab.cluster
      .objects('Pod')
      .find(
        ({ metadata }) =>
          metadata.name.startsWith('cart-') ||
          metadata.name.startsWith('catalog-') ||
          metadata.name.startsWith('reviews-'),
      ) as KubeObject;
    for (const pod of [like, own]) {
      await lab.cluster.apply({
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, app: 'spread' } },
      });
    }
    const metadata = { namespace: 'shop', name: 'spread', uid: 'spread' };
    const selector = { matchLabels: { app: 'spread' } };
    await lab.cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { selector, template: {} },
    } as KubeObject);

    const { verdict, cost } = await lab.check('shop/ds/spread');

    expect(verdict.outcome).toBe('reachable');
    expect(verdict.summary).toMatch(/^All 2 pods that were checked, one for each node, are alike\./);
    expect(cost.execs).toBe(4);
    expect(cost.phases).toHaveLength(1);
  });

  it('gives a verdict on a pod that was never given IPv6', async () => {
    const { verdict, path } = await lab.check('shop/legacy');

    expect(verdict).toMatchObject({ outcome: 'broken', cause: 'pod-ipv6-not-requested', policyIsCause: 'no' });
    expect(path[0]?.status).toBe('broken');
  });

  it('sees a pod in its node’s network through the node', async () => {
    const { subject, verdict } = await lab.check(
      `calico-system/${lab.world.objects.find(isCalicoNode)!.metadata.name}`,
    );

    expect(subject.rung).toBe('node-only');
    expect(verdict.outcome).toBe('reachable');
  });

  it.each`
    state         | spec                       | status                                                                                                          | words
    ${'pending'}  | ${{ nodeName: undefined }} | ${{ phase: 'Pending', podIPs: [], podIP: undefined, containerStatuses: [] }}                                    | ${'not on a node'}
    ${'crashing'} | ${{}}                      | ${{ containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }] }}                 | ${'no container of it is running'}
    ${'finished'} | ${{}}                      | ${{ phase: 'Succeeded', containerStatuses: [{ name: 'app', state: { terminated: { reason: 'Completed' } } }] }} | ${'Succeeded'}
  `('answers for a $state pod and says what it is', async ({ state, spec, status, words }) => {
    await addPod(`odd-${state}`, { spec, status });

    const { verdict, subject } = await lab.check(`shop/odd-${state}`);

    expect(subject.container).toBeNull();
    expect(verdict.outcome).not.toBe('reachable');
    expect(`${verdict.summary} ${verdict.notLookedAt.join(' ')}`).toContain(words);
  });

  it.each`
    target               | code                  | words
    ${'shop/nothing'}    | ${'TARGET_NOT_FOUND'} | ${'nothing'}
    ${'nowhere/pod'}     | ${'TARGET_NOT_FOUND'} | ${'there is no namespace "nowhere"'}
    ${'shop/c'}          | ${'TARGET_AMBIGUOUS'} | ${'shop/checkout-'}
    ${'shop/deploy/nil'} | ${'TARGET_NOT_FOUND'} | ${'no deploy called "nil"'}
    ${'node/nowhere'}    | ${'TARGET_NOT_FOUND'} | ${'there is no node "nowhere"'}
  `('refuses $target with a sentence', async ({ target, code, words }) => {
    await expect(lab.check(target)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('says which right is missing when execs are refused', async () => {
    const { verdict, subject, findings } = await lab.check('shop/checkout', { user: 'deaf' });

    expect(subject.rung).toBe('api-only');
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.notLookedAt.join(' ')).toContain('pods/exec');
    expect(findings.some(({ outcome }) => outcome === 'crashed')).toBe(false);
  });

  it('says so when nothing may be read at all', async () => {
    await expect(lab.check('shop/checkout', { user: 'blind' })).rejects.toMatchObject({
      code: 'READ_REFUSED',
      message: expect.stringContaining('forbidden'),
    });
  });

  it.each(['drop', 'garbage', 'early-success', 'flood', 'kubelet-down'] as const)(
    'never takes an exec that ends in %s for health',
    async (how) => {
      lab.cluster.trouble.exec = how;

      const { verdict } = await lab.check('shop/checkout');

      expect(verdict.outcome).toBe('inconclusive');
      expect(verdict.notLookedAt.length).toBeGreaterThan(0);
    },
    60_000,
  );

  it('ends although an exec hangs, and leaves no process behind', async () => {
    lab.cluster.trouble.exec = 'hang';
    lab.cluster.trouble.execIn = ({ namespace }) => namespace === 'shop';

    const { verdict } = await lab.check('shop/checkout');

    lab.cluster.trouble.execIn = () => true;
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.notLookedAt.join(' ')).toContain('did not end within');
    await expect.poll(() => lab.cluster.runningExecs, { timeout: 10_000 }).toBe(0);
  }, 60_000);

  it('lets no planted secret into the report', async () => {
    const report = await lab.check('shop/checkout');

    expect(JSON.stringify(report)).not.toContain('planted-secret-token');
  });

  it('stops when it is told to', async () => {
    lab.cluster.trouble.latencyMs = 200;
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);

    await expect(lab.check('shop/checkout', { signal: stop.signal })).rejects.toThrow();
  });
});

const readsWithoutExec = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }];

function isCalicoNode({ kind, metadata }: KubeObject): boolean {
  return kind === 'Pod' && metadata.name.startsWith('calico-node-');
}
