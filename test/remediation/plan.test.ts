import { describe, expect, it } from 'vitest';
import type { PodObject, Policies } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { manifestHash } from '../../src/remediation/hash.ts';
import { expiryOf, isOurs } from '../../src/remediation/manifest.ts';
import { type PlanInput, planRemediation } from '../../src/remediation/plan.ts';
import { podOf, policiesOf } from '../helpers/policies.ts';

const destination = { family: 6, address: '2001:4860:4860::8888', port: 443 } as const;
const isolating = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np, namespace: shop}
spec: {podSelector: {matchLabels: {app: checkout}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
`;
const ownTier = `apiVersion: projectcalico.org/v3
kind: Tier
metadata: {name: ipv6check}
spec: {order: 999000, defaultAction: Pass}
`;
const sibling = podOf({ name: 'checkout-7d9f8c6b5-zzzzz' });
const bystander = podOf({
  name: 'cart-1',
  labels: { app: 'cart' },
  workload: { kind: 'Deployment', name: 'cart', matchLabels: { app: 'cart' } },
});

function plan(policies: Policies, more: Partial<PlanInput> = {}) {
  return planRemediation({
    id: 'r0123456789abcdefghi',
    pod: podOf(),
    pods: [podOf(), sibling, bystander],
    policies,
    calico: { flavour: 'v3-native', version: 'v3.32.1', ipPools: [], felix: {} },
    destinations: [destination],
    expiresAt: new Date('2026-01-12T09:00:00.500Z'),
    requestedBy: 'U1',
    requestId: '0c0b1a2e-0000-4000-8000-000000000000',
    protectedNamespaces: ['kube-system'],
    ...more,
  });
}

function allowed(policies: Policies, pod: PodObject, address: string) {
  return evaluateEgress(compilePolicies(policies), endpointOf(pod, policies), { address, port: 443, protocol: 'TCP' });
}

describe('remediation/plan', () => {
  it.each`
    layer                  | policies                         | kind               | name
    ${'our own tier'}      | ${`${isolating}---\n${ownTier}`} | ${'NetworkPolicy'} | ${'ipv6check.r0123456789abcdefghi'}
    ${'Kubernetes itself'} | ${isolating}                     | ${'NetworkPolicy'} | ${'ipv6check-r0123456789abcdefghi'}
  `('opens IPv6 for the workload on $layer and touches nobody else', ({ policies, kind, name }) => {
    const before = policiesOf(policies);
    const made = plan(before);

    if (!made.ok) throw new Error(made.sentence);
    expect(made.manifest).toMatchObject({ kind, metadata: { name, namespace: 'shop' } });
    expect(made.pods).toEqual([podOf().name, sibling.name]);
    const after = { ...before, objects: [...before.objects, made.manifest] };
    for (const pod of [podOf(), sibling]) {
      expect(allowed(after, pod, destination.address).allowed).toBe(true);
      expect(allowed(after, pod, '8.8.8.8')).toMatchObject({ allowed: true, by: [{ name: 'np' }] });
    }
    expect(allowed(after, bystander, destination.address).because).toBe('not-isolated');
    expect(JSON.stringify(made.manifest)).not.toContain('pod-template-hash');
  });

  it('writes Egress and IPv6 and nothing else', () => {
    const own = plan(policiesOf(`${isolating}---\n${ownTier}`));
    const plain = plan(policiesOf(isolating));

    expect(own.ok && own.manifest.spec).toEqual({
      tier: 'ipv6check',
      order: 1,
      selector: "app == 'checkout'",
      types: ['Egress'],
      egress: [{ action: 'Allow', ipVersion: 6 }],
    });
    expect(plain.ok && plain.manifest.spec).toEqual({
      podSelector: { matchLabels: { app: 'checkout' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }],
    });
  });

  it.each`
    situation                       | yaml                                                                                                                                                                                                                                                                                                              | more                                              | refusal
    ${'nothing isolates the pod'}   | ${''}                                                                                                                                                                                                                                                                                                             | ${{}}                                             | ${'policy-is-not-the-cause'}
    ${'the policies allow it'}      | ${isolating.replace('0.0.0.0/0', '"::/0"')}                                                                                                                                                                                                                                                                       | ${{}}                                             | ${'policy-is-not-the-cause'}
    ${'the namespace is protected'} | ${isolating}                                                                                                                                                                                                                                                                                                      | ${{ protectedNamespaces: ['shop'] }}              | ${'protected-namespace'}
    ${'a rule denies explicitly'}   | ${`apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: d, namespace: shop}\nspec: {types: [Egress], egress: [{action: Deny, ipVersion: 6}, {action: Allow}]}`}                                                                                                                                | ${{}}                                             | ${'override-not-granted'}
    ${'an earlier tier shuts it'}   | ${`${ownTier}---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: first}\nspec: {order: 1, defaultAction: Deny}\n---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: e, namespace: shop}\nspec: {tier: first, types: [Egress], egress: [{action: Allow, ipVersion: 4}]}`} | ${{}}                                             | ${'would-isolate'}
    ${'the pod has no label'}       | ${isolating.replace('matchLabels: {app: checkout}', '')}                                                                                                                                                                                                                                                          | ${{ pod: podOf({ labels: {}, workload: null }) }} | ${'no-writable-api'}
  `('refuses when $situation', ({ yaml, more, refusal }) => {
    expect(plan(policiesOf(yaml), more)).toMatchObject({
      ok: false,
      refusal,
      sentence: expect.stringMatching(/^[A-Z`N].*\.$/),
    });
  });

  it('refuses when the answer is in doubt', () => {
    const policies = policiesOf(isolating, { unread: [{ kind: 'Tier', reason: 'forbidden' }] });

    expect(plan(policies)).toMatchObject({ ok: false, refusal: 'doubtful' });
  });

  it('never isolates a pod of the same workload that nothing isolated', () => {
    const narrow = isolating.replace('matchLabels: {app: checkout}', 'matchLabels: {app: checkout, track: canary}');
    const canary = podOf({ labels: { app: 'checkout', track: 'canary' } });
    const made = plan(policiesOf(narrow), { pod: canary, pods: [canary, sibling] });

    if (!made.ok) throw new Error(made.sentence);
    expect(made.pods).toEqual([canary.name]);
    const after = policiesOf(narrow);
    expect(allowed({ ...after, objects: [...after.objects, made.manifest] }, sibling, '8.8.8.8').because).toBe(
      'not-isolated',
    );
  });
});

describe('remediation/manifest', () => {
  const made = plan(policiesOf(isolating));
  const manifest = made.ok ? made.manifest : expect.unreachable();

  it('knows its own by name and label together', () => {
    expect(isOurs(manifest)).toBe(true);
    expect(isOurs({ ...manifest, metadata: { ...manifest.metadata, name: 'somebody-elses' } })).toBe(false);
    expect(isOurs({ ...manifest, metadata: { ...manifest.metadata, labels: {} } })).toBe(false);
  });

  it.each`
    expiresAt                      | born                      | ends
    ${'2026-01-12T09:00:00Z'}      | ${'2026-01-12T08:00:00Z'} | ${new Date('2026-01-12T09:00:00Z')}
    ${'2026-01-12T13:00:01Z'}      | ${'2026-01-12T09:00:00Z'} | ${'expired'}
    ${'soon'}                      | ${'2026-01-12T08:00:00Z'} | ${'expired'}
    ${'2026-01-12T09:00:00+02:00'} | ${'2026-01-12T08:00:00Z'} | ${'expired'}
    ${undefined}                   | ${'2026-01-12T08:00:00Z'} | ${'expired'}
  `('ends at $ends when it says $expiresAt and was born $born', ({ expiresAt, born, ends }) => {
    const object = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        creationTimestamp: born,
        annotations: expiresAt ? { 'ipv6check.dev/expires-at': expiresAt } : {},
      },
    };

    expect(expiryOf(object, 240)).toEqual(ends);
  });

  it('hashes what is approved, whatever the order of its fields, and not when or by whom', () => {
    const turned = {
      spec: manifest.spec,
      metadata: { ...Object.fromEntries(Object.entries(manifest.metadata).reverse()), name: manifest.metadata.name },
      kind: manifest.kind,
      apiVersion: manifest.apiVersion,
    };
    const later = {
      ...manifest,
      metadata: { ...manifest.metadata, annotations: { 'ipv6check.dev/approved-by': 'U2' } },
    };
    const wider = { ...manifest, spec: { podSelector: {} } };

    expect(manifestHash(turned)).toBe(manifestHash(manifest));
    expect(manifestHash(later)).toBe(manifestHash(manifest));
    expect(manifestHash(wider)).not.toBe(manifestHash(manifest));
  });
});
