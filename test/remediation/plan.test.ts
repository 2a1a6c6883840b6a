import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodObject, Policies } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { type PlanInput, planRemediation } from '../../src/remediation/plan.ts';
import {
  calicoOf,
  calicoPolicy,
  clusterPolicy,
  globalPolicy,
  kubernetesPolicy,
  podOf,
  policiesOf,
  tierOf,
  together,
} from '../helpers/policies.ts';

const destination = { family: 6, address: '2001:4860:4860::8888', port: 443 } as const;
const isolating = kubernetesPolicy(
  '{podSelector: {matchLabels: {app: checkout}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}',
);
const ownTier = tierOf('ipv6check', 999_000, 'Pass');
const someAdmin = clusterPolicy(
  '{tier: Admin, priority: 9, subject: {namespaces: {matchLabels: {"kubernetes.io/metadata.name": other}}}, egress: [{action: Deny, to: [{networks: [10.0.0.0/8]}]}]}',
);
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
    calico: calicoOf(),
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
    layer                        | policies                          | kind                      | name
    ${'our own tier'}            | ${together(isolating, ownTier)}   | ${'NetworkPolicy'}        | ${'ipv6check.r0123456789abcdefghi'}
    ${'an administrator’s tier'} | ${together(isolating, someAdmin)} | ${'ClusterNetworkPolicy'} | ${'ipv6check-r0123456789abcdefghi'}
    ${'Kubernetes itself'}       | ${isolating}                      | ${'NetworkPolicy'}        | ${'ipv6check-r0123456789abcdefghi'}
  `('opens IPv6 for the workload on $layer and touches nobody else', ({ policies, kind, name }) => {
    const before = policiesOf(policies);
    const made = plan(before);

    if (!made.ok) throw new Error(made.sentence);
    expect(made.manifest).toMatchObject({ kind, metadata: { name } });
    expect(made.pods).toEqual([podOf().name, sibling.name]);
    const after = { ...before, objects: [...before.objects, made.manifest] };
    for (const pod of [podOf(), sibling]) {
      expect(allowed(after, pod, destination.address).allowed).toBe(true);
      expect(allowed(after, pod, '8.8.8.8')).toMatchObject({ allowed: true, by: [{ name: 'np' }] });
    }
    expect(allowed(after, bystander, destination.address).because).toBe('not-isolated');
    expect(JSON.stringify(made.manifest)).not.toContain('pod-template-hash');
  });

  it('writes Egress and IPv6 and nothing else, and keeps metadata and link-local addresses shut', () => {
    const own = plan(policiesOf(together(isolating, ownTier)));
    const plain = plan(policiesOf(isolating));
    const admin = plan(policiesOf(together(isolating, someAdmin)));

    const shut = ['fe80::/10', 'fd00:ec2::254/128'];
    expect(own.ok && own.manifest.spec).toEqual({
      tier: 'ipv6check',
      order: 1,
      selector: "app == 'checkout'",
      types: ['Egress'],
      egress: [{ action: 'Allow', ipVersion: 6, destination: { notNets: shut } }],
    });
    expect(plain.ok && plain.manifest.spec).toEqual({
      podSelector: { matchLabels: { app: 'checkout' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '::/0', except: shut } }] }],
    });
    expect(admin.ok && admin.manifest.spec).toMatchObject({
      subject: { pods: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } } },
      egress: [{ action: 'Accept', to: [{ networks: ['2000::/3', '64:ff9b::/96'] }] }],
    });
    for (const made of [own, plain]) {
      if (!made.ok) throw new Error(made.sentence);
      const before = policiesOf(together(isolating, ownTier));
      const after = { ...before, objects: [...before.objects, made.manifest] };
      expect(allowed(after, podOf(), 'fd00:ec2::254').allowed).toBe(false);
      expect(made.staysShut).toEqual(expect.arrayContaining(shut));
    }
  });

  it.each`
    situation                                         | yaml                                                                                                                                              | more                                                                     | refusal
    ${'nothing isolates the pod'}                     | ${''}                                                                                                                                             | ${{}}                                                                    | ${'policy-is-not-the-cause'}
    ${'the policies allow it'}                        | ${isolating.replace('0.0.0.0/0', '"::/0"')}                                                                                                       | ${{}}                                                                    | ${'policy-is-not-the-cause'}
    ${'the namespace is protected'}                   | ${isolating}                                                                                                                                      | ${{ protectedNamespaces: ['shop'] }}                                     | ${'protected-namespace'}
    ${'a rule denies explicitly'}                     | ${calicoPolicy('{types: [Egress], egress: [{action: Deny, ipVersion: 6}, {action: Allow}]}')}                                                     | ${{}}                                                                    | ${'override-not-granted'}
    ${'an earlier tier shuts it'}                     | ${together(ownTier, tierOf('first', 1), calicoPolicy('{tier: first, types: [Egress], egress: [{action: Allow, ipVersion: 4}]}'))}                 | ${{}}                                                                    | ${'blocked-above'}
    ${'an earlier tier shuts it and no tier is ours'} | ${together(tierOf('first', 1), calicoPolicy('{tier: first, types: [Egress], egress: [{action: Allow, ipVersion: 4}]}'))}                          | ${{}}                                                                    | ${'blocked-above'}
    ${'the pod has no label'}                         | ${isolating.replace('matchLabels: {app: checkout}', '')}                                                                                          | ${{ pod: podOf({ labels: {}, workload: null }) }}                        | ${'no-writable-api'}
    ${'nothing was tried over IPv6'}                  | ${isolating}                                                                                                                                      | ${{ destinations: [{ family: 4, address: '8.8.8.8', port: 443 }] }}      | ${'doubtful'}
    ${'a metadata address was asked for'}             | ${isolating}                                                                                                                                      | ${{ destinations: [{ family: 6, address: 'fd00:ec2::254', port: 80 }] }} | ${'would-change-nothing'}
    ${'it would come before another Deny'}            | ${together(isolating, ownTier, globalPolicy('{order: 2000, types: [Egress], egress: [{action: Deny, destination: {nets: ["2001:db8::/32"]}}]}'))} | ${{}}                                                                    | ${'override-not-granted'}
    ${'only words of Calico say who is isolated'}     | ${calicoPolicy('{selector: "app contains \'check\'", types: [Egress]}')}                                                                          | ${{}}                                                                    | ${'would-isolate'}
  `('refuses when $situation', ({ yaml, more, refusal }) => {
    expect(plan(policiesOf(yaml), more)).toMatchObject({
      ok: false,
      refusal,
      sentence: expect.stringMatching(/^[A-Z2f].*\.$/),
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

  it('takes a lower layer where a higher one would come before a Deny of somebody', () => {
    const quarantine = globalPolicy(
      '{order: 10, types: [Egress], egress: [{action: Deny, destination: {nets: ["2001:db8::/32"]}}]}',
    );
    const before = policiesOf(together(isolating, ownTier, quarantine));
    const made = plan(before);

    if (!made.ok) throw new Error(made.sentence);
    expect(made.manifest.apiVersion).toBe('networking.k8s.io/v1');
    const after = { ...before, objects: [...before.objects, made.manifest] };
    expect(allowed(after, podOf(), destination.address).allowed).toBe(true);
    expect(allowed(after, podOf(), '2001:db8::1')).toMatchObject({ allowed: false, because: 'denied-by-rule' });
  });

  it('says in labels whom a Calico policy isolates, so that a Kubernetes policy reaches nobody else', () => {
    const narrow = calicoPolicy(
      '{selector: "app == \'checkout\' && has(canary)", types: [Egress], egress: [{action: Allow, ipVersion: 4}]}',
    );
    const canary = podOf({ labels: { app: 'checkout', canary: '1' } });
    const made = plan(policiesOf(narrow), { pod: canary, pods: [canary, sibling] });

    if (!made.ok) throw new Error(made.sentence);
    expect(made.manifest).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        podSelector: { matchLabels: { app: 'checkout' }, matchExpressions: [{ key: 'canary', operator: 'Exists' }] },
      },
    });
    expect(made.pods).toEqual([canary.name]);
  });

  it.each`
    flavour            | version      | layer
    ${'v3-native'}     | ${'v3.32.1'} | ${'projectcalico.org/v3'}
    ${'v3-aggregated'} | ${'v3.29.0'} | ${'projectcalico.org/v3'}
    ${'crd-v1'}        | ${'v3.29.0'} | ${'networking.k8s.io/v1'}
    ${'crd-v1'}        | ${'v3.32.1'} | ${'policy.networking.k8s.io/v1alpha2'}
  `('writes $layer with Calico $version ($flavour)', ({ flavour, version, layer }) => {
    const made = plan(policiesOf(together(isolating, ownTier, someAdmin)), { calico: calicoOf({ flavour, version }) });

    expect(made.ok && made.manifest.apiVersion).toBe(layer);
  });

  it('does not trust a tier of its name that ends with Deny, nor one where Deny is left to the default', () => {
    for (const tier of [tierOf('ipv6check', 999_000), ownTier.replace(', defaultAction: Pass', '')]) {
      const made = plan(policiesOf(together(isolating, tier)));

      expect(made.ok && made.manifest.apiVersion).toBe('networking.k8s.io/v1');
    }
  });

  it('never writes where the exclusions that it was given could not be kept', () => {
    const made = plan(policiesOf(together(isolating, someAdmin)), { exclusions: ['2001:db8::/32'] });

    expect(made.ok && made.manifest.apiVersion).toBe('networking.k8s.io/v1');
  });

  it('isolates nobody and takes no IPv4 away, whatever policies there are', () => {
    const selector = fc.constantFrom('{}', '{matchLabels: {app: checkout}}', '{matchLabels: {track: canary}}');
    const rule = fc.constantFrom(
      '{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}',
      '{ports: [{port: 53}]}',
      '{to: [{podSelector: {}}]}',
    );
    const some = fc.array(fc.tuple(selector, fc.array(rule, { maxLength: 2 })), { minLength: 1, maxLength: 3 });
    const layers = fc.constantFrom('', ownTier, someAdmin, together(ownTier, someAdmin));
    const pods = [podOf(), sibling, bystander, podOf({ name: 'c', labels: { app: 'checkout', track: 'canary' } })];
    let planned = 0;
    fc.assert(
      fc.property(some, layers, fc.nat(pods.length - 1), (policies, more, index) => {
        const yaml = policies.map(([pod, rules], at) =>
          kubernetesPolicy(`{podSelector: ${pod}, policyTypes: [Egress], egress: [${rules.join(', ')}]}`, `np${at}`),
        );
        const before = policiesOf(together(...yaml, ...(more ? [more] : [])));
        const made = plan(before, { pod: pods[index]!, pods });
        if (!made.ok) return;
        planned += 1;
        const after = { ...before, objects: [...before.objects, made.manifest] };
        expect(allowed(after, pods[index]!, destination.address).allowed).toBe(true);
        for (const pod of pods) {
          for (const address of ['8.8.8.8', '10.96.0.10', '192.0.2.7']) {
            expect(allowed(after, pod, address).allowed).toBe(allowed(before, pod, address).allowed);
          }
          const isFree = allowed(before, pod, destination.address).because === 'not-isolated';
          if (isFree) expect(allowed(after, pod, destination.address).because).toBe('not-isolated');
        }
      }),
      { numRuns: 150 },
    );
    expect(planned).toBeGreaterThan(20);
  });
});
