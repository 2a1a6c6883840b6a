import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectsOf } from '../../src/policy/change.ts';
import { clusterOf } from '../../src/policy/cluster.ts';
import { objectsInText } from '../../workers/cli/policy/documents.ts';
import { ask, world } from './ask.ts';

const np = (name: string, spec: string, namespace = 'shop') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;
const shut = (pods = '{}') => `{podSelector: ${pods}, policyTypes: [Egress]}`;
const cartOnly = '{matchLabels: {app: cart}}';

function change(before: string, add: string) {
  const base = objectsInText(`${world}${before}`, 'base');
  const more = objectsInText(add, 'add');
  const found = [...base.found, ...more.found];
  return effectsOf(clusterOf(base), clusterOf({ found, problems: [...base.problems, ...more.problems] }));
}

describe('policy/change', () => {
  it('says what opens, for the pods that the change selects and for no other', () => {
    const open = np(
      'open',
      `{podSelector: ${cartOnly}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0", except: ["fc00::/7"]}}], ports: [{port: 443}]}]}`,
    );

    expect(change(np('shut', shut()), open)).toEqual([
      {
        pod: 'shop/cart',
        newlyIsolated: false,
        noLongerIsolated: false,
        newlyOpen: [{ to: '::/0', protocol: 'TCP', ports: '443' }],
        newlyShut: [],
        doubtful: [],
        unchanged: false,
      },
    ]);
  });

  it('says what shuts when a policy is the first that isolates a pod', () => {
    const only443 = np('a', '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}');

    expect(change('', only443)).toMatchObject([
      {
        pod: 'shop/web',
        newlyIsolated: true,
        newlyOpen: [],
        newlyShut: expect.arrayContaining([
          { to: '0.0.0.0/0', protocol: 'TCP', ports: '1-442' },
          { to: '0.0.0.0/0', protocol: 'TCP', ports: '444-65535' },
          { to: '::/0', protocol: 'UDP', ports: 'any' },
          { to: '::/0', protocol: 'ICMPv6', ports: 'any' },
        ]),
      },
      { pod: 'shop/cart', newlyIsolated: true },
    ]);
    expect(change('', np('a', shut()))[0]).toMatchObject({
      newlyShut: [
        { to: '0.0.0.0/0', protocol: 'any', ports: 'any' },
        { to: '::/0', protocol: 'any', ports: 'any' },
      ],
    });
  });

  it('finds isolation that no flow shows', () => {
    const allowAll = np('all', '{podSelector: {}, policyTypes: [Egress], egress: [{}]}');

    expect(change('', allowAll)).toMatchObject([
      { newlyIsolated: true, newlyOpen: [], newlyShut: [], unchanged: false },
      { newlyIsolated: true },
    ]);
    expect(change(allowAll, np('more', shut()))).toMatchObject([{ unchanged: true }, { unchanged: true }]);
  });

  it('says which pods are reached, by name', () => {
    const toDb = np(
      'db',
      `{podSelector: ${cartOnly}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {team: data}}, podSelector: {matchLabels: {app: db}}}], ports: [{port: pg}]}]}`,
    );

    expect(change(np('shut', shut()), toDb)[0]!.newlyOpen).toEqual([
      { to: 'pod data/db (10.244.2.1)', protocol: 'TCP', ports: '5432' },
      { to: 'pod data/db (fd00:10:244:2::1)', protocol: 'TCP', ports: '5432' },
    ]);
  });

  it('looks at every pod when something else than a policy changes', () => {
    const byTeam =
      'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec: {namespaceSelector: "team == \'new\'", types: [Egress]}\n---\n';
    const label = '{apiVersion: v1, kind: Namespace, metadata: {name: late, labels: {team: new}}}\n---\n';
    const pod =
      '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: late}, status: {podIPs: [{ip: 10.244.9.9}]}}\n---\n';

    expect(change(byTeam + pod, label).find((effect) => effect.pod === 'late/p')).toMatchObject({
      newlyIsolated: true,
    });
  });

  it('says where it cannot be told', () => {
    const odd = np('odd', `{podSelector: ${cartOnly}, policyTypes: [Egress], egress: [{ports: [{port: 99999}]}]}`);

    expect(change(np('shut', shut()), odd).find(({ pod }) => pod === 'shop/cart')).toMatchObject({
      newlyOpen: [],
      doubtful: [
        { to: '0.0.0.0/0', protocol: 'any', ports: 'any' },
        { to: '::/0', protocol: 'any', ports: 'any' },
      ],
    });
  });

  it('names a workload of which no pod was seen', () => {
    const workload =
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: data}, spec: {template: {metadata: {labels: {app: api}}}}}\n---\n';

    expect(change(workload, np('a', shut(), 'data')).map(({ pod }) => pod)).toEqual([
      'data/db',
      'data/old',
      'data/Deployment/api',
    ]);
  });

  it('misses no flip that a flow shows', () => {
    const cidr = fc.constantFrom(
      '::/0',
      'fd00:10:244::/64',
      '2001:db8::/33',
      '10.0.0.0/8',
      '0.0.0.0/0',
      '2001:db8:8000::/33',
    );
    const rule = fc
      .tuple(cidr, fc.constantFrom('', ', ports: [{port: 80}]', ', ports: [{port: 80, endPort: 443}, {protocol: UDP}]'))
      .map(([net, ports]) => `{to: [{ipBlock: {cidr: "${net}"}}]${ports}}`);
    const rules = fc
      .array(rule, { maxLength: 2 })
      .map((list) => `{podSelector: {}, policyTypes: [Egress], egress: [${list.join()}]}`);
    const flows = fc.record({
      to: fc.constantFrom(
        '8.8.8.8',
        '10.3.3.3',
        '2001:db8::5',
        '2001:db8:8000::5',
        '2606::1',
        'fd00:10:244::2',
        '10.244.1.2',
      ),
      port: fc.constantFrom(79, 80, 81, 443, 444),
      protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
    });
    let flips = 0;
    fc.assert(
      fc.property(fc.option(rules), rules, fc.array(flows, { minLength: 5, maxLength: 5 }), (old, more, asked) => {
        const before = old === null ? '' : np('old', old);
        const [effect] = change(before, np('new', more));
        const [was, is] = [before, before + np('new', more)].map((yaml) =>
          clusterOf(objectsInText(`${world}${yaml}`, 'x')),
        );
        for (const flow of asked) {
          const [a, b] = [ask(was!, flow).allowed, ask(is!, flow).allowed];
          if (a === b) continue;
          flips += 1;
          const listed = b ? effect!.newlyOpen : effect!.newlyShut;
          expect(listed.some(({ protocol }) => protocol === 'any' || protocol === flow.protocol)).toBe(true);
        }
        expect(effect!.unchanged && asked.some((flow) => ask(was!, flow).allowed !== ask(is!, flow).allowed)).toBe(
          false,
        );
      }),
      { numRuns: 40 },
    );
    expect(flips).toBeGreaterThan(10);
  });
});
