import { describe, expect, it } from 'vitest';
import { ask, clusterFrom, outside, world } from './ask.ts';

const tier = (name: string, spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`;
const policy = (kind: 'NetworkPolicy' | 'GlobalNetworkPolicy', name: string, spec: string) => {
  const scope = kind === 'NetworkPolicy' ? ', namespace: shop' : '';
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: "${name}"${scope}}\nspec: ${spec}\n---\n`;
};
const cnp = (name: string, spec: string) => policy('NetworkPolicy', name, spec);
const gnp = (name: string, spec: string) => policy('GlobalNetworkPolicy', name, spec);
const np = (name: string, egress: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n---\n`;
const stored = (yaml: string) => yaml.replaceAll('projectcalico.org/v3', 'crd.projectcalico.org/v1');

const judge = (yaml: string, version: string | null = null, to = outside) =>
  ask(clusterFrom(`${world}${yaml}`, version), { to });
const in4 = (name: string) =>
  cnp(`${name}.p`, `{tier: ${name}, types: [Egress], egress: [{action: Allow, ipVersion: 4}]}`);

describe('policy/tiers', () => {
  it.each`
    situation                                   | yaml                                                                                                                                                                                              | outcome
    ${'a lower order first'}                    | ${tier('a', '{order: 20}') + tier('b', '{order: 10}') + cnp('a.x', '{tier: a, types: [Egress], egress: [{action: Deny}]}') + cnp('b.x', '{tier: b, types: [Egress], egress: [{action: Allow}]}')} | ${{ allowed: true, by: [{ name: 'b.x' }] }}
    ${'equal orders by name'}                   | ${tier('a', '{order: 10}') + tier('b', '{order: 10}') + cnp('a.x', '{tier: a, types: [Egress], egress: [{action: Deny}]}') + cnp('b.x', '{tier: b, types: [Egress], egress: [{action: Allow}]}')} | ${{ allowed: false, by: [{ name: 'a.x' }] }}
    ${'no order after every order'}             | ${tier('a', '{}') + cnp('a.x', '{tier: a, types: [Egress], egress: [{action: Deny}]}') + np('net', '{}')}                                                                                         | ${{ allowed: true, by: [{ name: 'net' }] }}
    ${'no object after no order'}               | ${tier('z', '{}') + cnp('a.x', '{tier: a, types: [Egress], egress: [{action: Deny}]}') + cnp('z.x', '{tier: z, types: [Egress], egress: [{action: Allow}]}')}                                     | ${{ allowed: true, by: [{ name: 'z.x' }] }}
    ${'a tier without an object, which denies'} | ${cnp('a.x', '{tier: a, types: [Egress]}')}                                                                                                                                                       | ${{ allowed: false, tier: 'a' }}
    ${'its end, which denies'}                  | ${tier('a', '{order: 1}') + in4('a') + np('net', '{}')}                                                                                                                                           | ${{ allowed: false, because: 'end-of-tier', tier: 'a', isolatedBy: [{ name: 'a.p' }] }}
    ${'its end, which denies by name'}          | ${tier('a', '{order: 1, defaultAction: Deny}') + in4('a') + np('net', '{}')}                                                                                                                      | ${{ allowed: false, tier: 'a' }}
    ${'its end, which passes'}                  | ${tier('a', '{order: 1, defaultAction: Pass}') + in4('a') + np('net', '{}')}                                                                                                                      | ${{ allowed: true, by: [{ name: 'net' }] }}
    ${'a Pass, which leaves it'}                | ${tier('a', '{order: 1}') + cnp('a.p', '{tier: a, order: 1, types: [Egress], egress: [{action: Pass}]}') + cnp('a.q', '{tier: a, order: 2, types: [Egress], egress: [{action: Deny}]}')}          | ${{ allowed: true, because: 'profile' }}
    ${'a Pass, which leaves the default tier'}  | ${cnp('p', '{order: 1, types: [Egress], egress: [{action: Pass}]}') + np('net', '')}                                                                                                              | ${{ allowed: true, because: 'profile' }}
    ${'a Log, which decides nothing'}           | ${cnp('p', '{types: [Egress], egress: [{action: Log}]}')}                                                                                                                                         | ${{ allowed: false, because: 'end-of-tier' }}
    ${'a tier with ingress policies alone'}     | ${tier('a', '{order: 1}') + cnp('a.p', '{tier: a, types: [Ingress]}')}                                                                                                                            | ${{ allowed: true, because: 'not-isolated' }}
    ${'a tier with staged policies alone'}      | ${tier('a', '{order: 1}') + cnp('a.p', '{tier: a, types: [Egress]}').replace('kind: ', 'kind: Staged')}                                                                                           | ${{ allowed: true, because: 'not-isolated' }}
    ${'staged Kubernetes policies'}             | ${np('net', '').replace('networking.k8s.io/v1', 'projectcalico.org/v3').replace('kind: ', 'kind: StagedKubernetes')}                                                                              | ${{ allowed: true, because: 'not-isolated' }}
    ${'a default tier that ends with Pass'}     | ${tier('default', '{order: 1000000, defaultAction: Pass}') + np('net', '')}                                                                                                                       | ${{ allowed: true, because: 'profile' }}
    ${'an order that is text'}                  | ${tier('a', '{order: "1"}') + in4('a')}                                                                                                                                                           | ${{ allowed: null }}
    ${'an action that nobody knows'}            | ${tier('a', '{order: 1, defaultAction: Allow}') + in4('a')}                                                                                                                                       | ${{ allowed: null }}
    ${'a tier in which nobody is'}              | ${tier('a', '{order: "1"}')}                                                                                                                                                                      | ${{ allowed: true }}
    ${'a policy whose order is text'}           | ${cnp('p', '{order: "1", types: [Egress], egress: [{action: Allow}]}')}                                                                                                                           | ${{ allowed: null }}
    ${'orders below zero'}                      | ${cnp('p', '{order: -1, types: [Egress], egress: [{action: Allow}]}') + cnp('q', '{order: 0, types: [Egress], egress: [{action: Deny}]}')}                                                        | ${{ allowed: true }}
    ${'a name as those of prototypes'}          | ${tier('constructor', '{order: 1}') + in4('constructor')}                                                                                                                                         | ${{ allowed: false, tier: 'constructor' }}
  `('$situation', ({ yaml, outcome }) => {
    expect(judge(yaml)).toMatchObject(outcome);
  });

  it.each`
    names               | version      | by
    ${['z', 'a', null]} | ${'v3.31.2'} | ${'z'}
    ${['z', 'a', null]} | ${'v3.32.0'} | ${'a'}
  `(
    'breaks ties between a global policy and one of a namespace as Calico $version does: $by first',
    ({ names, version, by }) => {
      const yaml =
        gnp(names[0], '{types: [Egress], egress: [{action: Deny}]}') +
        cnp(names[1], '{types: [Egress], egress: [{action: Allow}]}');

      expect(judge(yaml, version).by).toMatchObject([{ name: by }]);
    },
  );

  it('breaks ties with Kubernetes policies: up to 3.31 they come last, later their names count', () => {
    const yaml = np('a', '{}') + cnp('b', '{order: 1000, types: [Egress], egress: [{action: Deny}]}');

    expect(judge(yaml, 'v3.31.2')).toMatchObject({ allowed: false });
    expect(judge(yaml, 'v3.32.0')).toMatchObject({ allowed: true });
  });

  it('doubts a tie that releases break differently, where the release is not known and it matters', () => {
    const denies = np('a', '{}') + cnp('b', '{order: 1000, types: [Egress], egress: [{action: Deny}]}');
    const agrees = np('a', '{}') + cnp('b', '{order: 1000, types: [Egress], egress: [{action: Allow}]}');

    expect(judge(denies)).toMatchObject({ allowed: null, issues: [expect.stringContaining('3.31')] });
    expect(judge(agrees)).toMatchObject({ allowed: true });
  });

  it.each`
    name           | spec                                  | version      | outcome
    ${'p'}         | ${'{egress: [{action: Allow}]}'}      | ${'v3.31.0'} | ${{ allowed: true, because: 'rule' }}
    ${'p'}         | ${'{ingress: [{action: Allow}]}'}     | ${'v3.31.0'} | ${{ allowed: false }}
    ${'p'}         | ${'{types: [Ingress]}'}               | ${'v3.31.0'} | ${{ allowed: true, because: 'not-isolated' }}
    ${'p'}         | ${'{types: [egress]}'}                | ${'v3.31.0'} | ${{ allowed: false }}
    ${'a.p'}       | ${'{tier: default, types: [Egress]}'} | ${'v3.31.0'} | ${{ allowed: false, tier: 'a' }}
    ${'a.p'}       | ${'{tier: default, types: [Egress]}'} | ${'v3.32.0'} | ${{ allowed: false, tier: 'default' }}
    ${'a.p'}       | ${'{tier: default, types: [Egress]}'} | ${null}      | ${{ allowed: null }}
    ${'default.p'} | ${'{types: [Egress]}'}                | ${null}      | ${{ allowed: false, tier: 'default' }}
  `('reads stored policy $name $spec as Calico $version does', ({ name, spec, version, outcome }) => {
    expect(judge(stored(cnp(name, spec)), version)).toMatchObject(outcome);
  });

  it('takes types that a v3 object leaves out from its rules', () => {
    const types = (spec: string) => judge(cnp('p', spec)).because;

    expect(types('{}')).toBe('not-isolated');
    expect(types('{ingress: [{action: Allow}]}')).toBe('not-isolated');
    expect(types('{egress: [{action: Deny}]}')).toBe('denied-by-rule');
    expect(types('{ingress: [{action: Allow}], egress: [{action: Deny}]}')).toBe('denied-by-rule');
  });

  it('counts an object once that an export shows as stored and as the API server serves it', () => {
    const twice =
      stored(cnp('default.p', '{types: [Egress], egress: [{action: Allow}]}')) +
      cnp('p', '{types: [Egress], egress: [{action: Deny}]}');

    expect(judge(twice)).toMatchObject({ allowed: false, by: [{ name: 'p' }] });
  });

  it('knows the tiers of administrator policies by the names of the release', () => {
    const inTier = (name: string) =>
      cnp(`${name}.x`, `{tier: ${name}, types: [Egress], egress: [{action: Allow, ipVersion: 4}]}`);

    expect(judge(inTier('adminnetworkpolicy'), 'v3.31.0')).toMatchObject({ allowed: true });
    expect(judge(inTier('adminnetworkpolicy'), 'v3.32.0')).toMatchObject({ allowed: false });
    expect(judge(inTier('kube-admin'), 'v3.32.0')).toMatchObject({ allowed: true });
    expect(judge(inTier('kube-admin'), 'v3.31.0')).toMatchObject({ allowed: false });
  });

  it('reads the release from ClusterInformation', () => {
    const about = (version: string) =>
      `{apiVersion: crd.projectcalico.org/v1, kind: ClusterInformation, metadata: {name: default}, spec: {calicoVersion: ${version}}}\n---\n`;
    const elder =
      'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec: {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: ["::/0"]}]}]}\n---\n';

    expect(judge(about('v3.31.2') + elder)).toMatchObject({ allowed: false });
    expect(judge(about('v3.32.0') + elder)).toMatchObject({ allowed: true });
    expect(judge(about('v3.31.2') + elder, 'v3.32.0')).toMatchObject({ allowed: true });
  });
});
