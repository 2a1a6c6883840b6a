import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lab/contract.ts';
import type { Layer } from '../../src/remediation/manifest.ts';
import { type AdmissionRequest, judge } from '../helpers/admission.ts';
import { helm, leastValues, namespace, render } from '../helpers/chart.ts';
import { copyOf, crossings, layers, ours, resourceOf, wishes } from '../helpers/policy-cases.ts';

const account = (name: string) => `system:serviceaccount:${namespace}:ipv6check-${name}`;
const chart: readonly KubeObject[] = helm.isThere ? render(leastValues) : [];
const confined: readonly KubeObject[] = helm.isThere
  ? render({ ...leastValues, policy: { allowedNamespaces: ['shop', 'team-*'], maxMinutes: 240 } })
  : [];

function asked(layer: Layer, change: Partial<AdmissionRequest>): AdmissionRequest {
  const home = layer === 'cluster-network-policy' ? '' : 'shop';
  const base = {
    user: account('writer'),
    operation: 'CREATE',
    namespace: home,
    object: null,
    oldObject: null,
  } as const;
  return { ...base, ...resourceOf(layer), ...change };
}

const everyWish = Object.entries(wishes).flatMap(([what, wish]) => layers.map((layer) => ({ what, layer, wish })));

describe.skipIf(!helm.isThere)(`deploy/admission${helm.note}`, () => {
  it.each(everyWish)('lets the writer create, extend and delete $what ($layer)', ({ layer, wish }) => {
    const object = ours(layer, wish);
    const longer = copyOf(object);
    longer.metadata.annotations['ipv6check.dev/expires-at'] = '2026-01-12T11:59:59Z';

    for (const objects of [chart, confined]) {
      const created = judge(objects, asked(layer, { object }));
      expect(created.refusal).toBeNull();
      expect(created.judges).toHaveLength(3);
      expect(
        judge(objects, asked(layer, { operation: 'UPDATE', object: longer, oldObject: object })).refusal,
      ).toBeNull();
      expect(judge(objects, asked(layer, { operation: 'DELETE', oldObject: object })).refusal).toBeNull();
    }
  });

  it.each(crossings)('refuses the writer an object $what ($layer)', ({ layer, spoil, words }) => {
    const object = copyOf(ours(layer));
    spoil(object);

    expect(judge(chart, asked(layer, { object })).refusal).toMatch(words);
    // Nor may it become so.
    expect(judge(chart, asked(layer, { operation: 'UPDATE', object, oldObject: ours(layer) })).refusal).not.toBeNull();
  });

  it.each(layers)('lets nobody of ours take over or delete what is somebody else’s (%s)', (layer) => {
    const theirs = copyOf(ours(layer));
    theirs.metadata.labels = { 'app.kubernetes.io/managed-by': 'argocd' };
    const marked = copyOf(ours(layer));
    marked.metadata.name = 'payments';
    const unmarked = copyOf(ours(layer));
    delete (unmarked.metadata as Record<string, unknown>).labels;

    for (const user of ['writer', 'reaper'].map(account)) {
      for (const oldObject of [theirs, marked, unmarked]) {
        const update = asked(layer, { user, operation: 'UPDATE', object: ours(layer), oldObject });
        expect(judge(chart, update).refusal).toMatch(/may not UPDATE/);
        expect(judge(chart, asked(layer, { user, operation: 'DELETE', oldObject })).refusal).toMatch(/may not DELETE/);
      }
      // What has lost its end, or was made before the rules, can go.
      const endless = copyOf(ours(layer));
      endless.metadata.annotations = {};
      expect(judge(chart, asked(layer, { user, operation: 'DELETE', oldObject: endless })).refusal).toBeNull();
    }
  });

  it.each(layers)('keeps what was approved as it was approved (%s)', (layer) => {
    const wider = ours(layer);
    const approved = ours(layer, { only: [{ address: '2001:db8::1', port: 443 }] });

    const update = asked(layer, { operation: 'UPDATE', object: wider, oldObject: approved });
    expect(judge(chart, update).refusal).toMatch(/nothing else of it changed/);
  });

  it.each`
    home             | which       | isAllowed
    ${'shop'}        | ${chart}    | ${true}
    ${'kube-system'} | ${chart}    | ${false}
    ${'shop'}        | ${confined} | ${true}
    ${'team-a'}      | ${confined} | ${true}
    ${'team'}        | ${confined} | ${false}
    ${'shop2'}       | ${confined} | ${false}
    ${'kube-system'} | ${confined} | ${false}
  `('judges namespace $home: $isAllowed', ({ home, which, isAllowed }) => {
    for (const layer of layers) {
      const isCluster = layer === 'cluster-network-policy';
      const object = ours(layer, { namespace: home });
      const { refusal } = judge(which, asked(layer, { namespace: isCluster ? '' : home, object }));

      expect(refusal === null).toBe(isAllowed);
      if (!isAllowed) expect(refusal).toContain(home);
    }
  });

  it('leaves everybody else alone', () => {
    for (const layer of layers) {
      const { judges } = judge(chart, asked(layer, { user: 'alice', object: {}, operation: 'UPDATE', oldObject: {} }));
      expect(judges).toEqual([]);
    }
  });

  it('has no parameters, whose loss would refuse deletes', () => {
    const policies = chart.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));

    expect(policies.length).toBeGreaterThan(0);
    expect(JSON.stringify(policies)).not.toMatch(/paramKind|paramRef|params\./);
  });

  it('binds every policy to everything, and denies', () => {
    const names = (wanted: string) => chart.filter(({ kind }) => kind === wanted).map(({ metadata }) => metadata.name);
    expect(names('ValidatingAdmissionPolicyBinding')).toEqual(names('ValidatingAdmissionPolicy'));

    for (const { metadata, spec } of chart.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')) {
      expect(spec).toEqual({ policyName: metadata.name, validationActions: ['Deny'] });
    }
    for (const { spec } of chart.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
      expect(spec).toMatchObject({ failurePolicy: 'Fail' });
    }
  });
});
