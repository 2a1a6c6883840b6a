import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { calicoOf, kubernetesPolicy, podOf, policiesOf } from '../helpers/policies.ts';
import { ask, cart, clusterFrom, db, outside, world } from './ask.ts';

const np = (spec: string, name = 'np') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
const rule = (egress: string) => np(`{podSelector: {}, policyTypes: [Egress], egress: [${egress}]}`);
const allowed = (yaml: string, to: string, port: number | null = 443, protocol = 'TCP') =>
  ask(clusterFrom(`${world}${yaml}`), { to, port, protocol }).allowed;

describe('policy/kubernetes', () => {
  it.each`
    rule                                                                                                     | to              | port    | protocol    | expected
    ${'{}'}                                                                                                  | ${outside}      | ${443}  | ${'TCP'}    | ${true}
    ${'{}'}                                                                                                  | ${outside}      | ${null} | ${'ICMPv6'} | ${true}
    ${'{to: [], ports: []}'}                                                                                 | ${outside}      | ${443}  | ${'UDP'}    | ${true}
    ${'null'}                                                                                                | ${outside}      | ${443}  | ${'TCP'}    | ${true}
    ${'{ports: [{}]}'}                                                                                       | ${outside}      | ${443}  | ${'TCP'}    | ${true}
    ${'{ports: [{}]}'}                                                                                       | ${outside}      | ${443}  | ${'UDP'}    | ${false}
    ${'{ports: [{port: 443}]}'}                                                                              | ${outside}      | ${443}  | ${'UDP'}    | ${false}
    ${'{ports: [{protocol: SCTP, port: 443}]}'}                                                              | ${outside}      | ${443}  | ${'SCTP'}   | ${true}
    ${'{ports: [{protocol: UDP}]}'}                                                                          | ${outside}      | ${443}  | ${'TCP'}    | ${false}
    ${'{ports: [{protocol: UDP}]}'}                                                                          | ${outside}      | ${9}    | ${'UDP'}    | ${true}
    ${'{ports: [{protocol: TCP}]}'}                                                                          | ${outside}      | ${null} | ${'ICMPv6'} | ${false}
    ${'{ports: [{port: 8000, endPort: 8100}]}'}                                                              | ${outside}      | ${8100} | ${'TCP'}    | ${true}
    ${'{ports: [{port: 8000, endPort: 8100}]}'}                                                              | ${outside}      | ${8101} | ${'TCP'}    | ${false}
    ${'{ports: [{port: 80}, {port: 443}]}'}                                                                  | ${outside}      | ${443}  | ${'TCP'}    | ${true}
    ${'{ports: [{port: 443}]}'}                                                                              | ${outside}      | ${null} | ${'TCP'}    | ${null}
    ${'{ports: [{port: 1, endPort: 65535}]}'}                                                                | ${outside}      | ${null} | ${'TCP'}    | ${true}
    ${'{to: [{podSelector: {}}]}'}                                                                           | ${cart}         | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{podSelector: {}}]}'}                                                                           | ${db}           | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{podSelector: {}}]}'}                                                                           | ${outside}      | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{namespaceSelector: {}}]}'}                                                                     | ${db}           | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{namespaceSelector: {matchLabels: {team: data}}}]}'}                                            | ${db}           | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{namespaceSelector: {matchLabels: {team: data}}}]}'}                                            | ${cart}         | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]}'}                     | ${db}           | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{namespaceSelector: {matchLabels: {team: data}}, podSelector: {matchLabels: {app: db}}}]}'}     | ${db}           | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{namespaceSelector: {matchLabels: {team: data}}, podSelector: {matchLabels: {app: x}}}]}'}      | ${db}           | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{namespaceSelector: {matchLabels: {team: data}}}, {podSelector: {matchLabels: {app: cart}}}]}'} | ${cart}         | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: api}]}'}                             | ${cart}         | ${8080} | ${'TCP'}    | ${true}
    ${'{to: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: api}]}'}                             | ${cart}         | ${80}   | ${'TCP'}    | ${false}
    ${'{to: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: dns}]}'}                             | ${cart}         | ${53}   | ${'TCP'}    | ${false}
    ${'{to: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: dns, protocol: UDP}]}'}              | ${cart}         | ${53}   | ${'UDP'}    | ${true}
    ${'{ports: [{port: api}]}'}                                                                              | ${outside}      | ${8080} | ${'TCP'}    | ${false}
    ${'{to: [{ipBlock: {cidr: "fd00:10:244::/64"}}]}'}                                                       | ${cart}         | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}'}                                                                | ${outside}      | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}'}                                                                | ${'10.244.1.2'} | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}'}                                          | ${'10.244.1.2'} | ${443}  | ${'TCP'}    | ${false}
    ${'{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}, {podSelector: {}}]}'}                       | ${'10.244.1.2'} | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{ipBlock: {cidr: "2001:db8::1/128"}}]}'}                                                        | ${outside}      | ${443}  | ${'TCP'}    | ${true}
    ${'{to: [{ipBlock: {cidr: "::ffff:0.0.0.0/96"}}]}'}                                                      | ${'8.8.8.8'}    | ${443}  | ${'TCP'}    | ${true}
  `('egress $rule, $protocol to [$to]:$port → $expected', ({ rule: egress, to, port, protocol, expected }) => {
    expect(allowed(rule(egress), to, port, protocol)).toBe(expected);
  });

  it.each`
    why                                       | spec
    ${'a spec that is text'}                  | ${'isolate'}
    ${'a spec that is a list'}                | ${'[1]'}
    ${'a pod selector that is text'}          | ${'{podSelector: web, policyTypes: [Egress]}'}
    ${'labels that are a list'}               | ${'{podSelector: {matchLabels: [app]}, policyTypes: [Egress]}'}
    ${'a label that is a number'}             | ${'{podSelector: {matchLabels: {version: 1}}, policyTypes: [Egress]}'}
    ${'a label that YAML 1.1 makes boolean'}  | ${'{podSelector: {matchLabels: {app: on}}, policyTypes: [Egress]}'}
    ${'an expression without values'}         | ${'{podSelector: {matchExpressions: [{key: app, operator: In}]}, policyTypes: [Egress]}'}
    ${'an expression with values too many'}   | ${'{podSelector: {matchExpressions: [{key: app, operator: Exists, values: [x]}]}, policyTypes: [Egress]}'}
    ${'types that are text'}                  | ${'{podSelector: {}, policyTypes: Egress}'}
    ${'a type in small letters'}              | ${'{podSelector: {}, policyTypes: [egress]}'}
    ${'egress that is no list'}               | ${'{podSelector: {}, policyTypes: [Egress], egress: {to: []}}'}
    ${'a rule that is text'}                  | ${'{podSelector: {}, policyTypes: [Egress], egress: [all]}'}
    ${'a rule with a field of ingress'}       | ${'{podSelector: {}, policyTypes: [Egress], egress: [{from: []}]}'}
    ${'a field that nobody knows'}            | ${'{podselector: {}, policyTypes: [Egress]}'}
    ${'a field named as those of prototypes'} | ${'{podSelector: {}, policyTypes: [Egress], constructor: {}}'}
    ${'a peer that names nothing'}            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{}]}]}'}
    ${'a peer that is a block and pods'}      | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}, podSelector: {}}]}]}'}
    ${'a block without a network'}            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {}}]}]}'}
    ${'a bare address for a network'}         | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "2001:db8::1"}}]}]}'}
    ${'an exception outside of its block'}    | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0", except: [10.0.0.0/8]}}]}]}'}
    ${'an exception of the whole block'}      | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0", except: ["::/0"]}}]}]}'}
    ${'a port beyond the last'}               | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 65536}]}]}'}
    ${'port 0'}                               | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 0}]}]}'}
    ${'a port that is a fraction'}            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 44.3}]}]}'}
    ${'a huge port'}                          | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 1e400}]}]}'}
    ${'a number as text'}                     | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: "443"}]}]}'}
    ${'a range that ends before it begins'}   | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 500, endPort: 400}]}]}'}
    ${'a range of a named port'}              | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: api, endPort: 400}]}]}'}
    ${'a range without a beginning'}          | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{endPort: 400}]}]}'}
    ${'a protocol that is no Kubernetes one'} | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: ICMPv6}]}]}'}
  `('doubts $why, which the API server refuses', ({ spec }) => {
    const verdict = ask(clusterFrom(`${world}${np(spec)}`), { to: outside });

    expect(verdict).toMatchObject({ allowed: null, because: 'doubtful' });
    expect(verdict.issues.join()).toContain('NetworkPolicy shop/np');
    // Pods of other namespaces have nothing to do with it.
    expect(ask(clusterFrom(`${world}${np(spec)}`), { from: 'data/db', to: outside })).toMatchObject({ allowed: true });
  });

  it('names every rule that admits a flow, for Kubernetes policies add up', () => {
    const yaml = [
      np(
        '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}, {to: [{ipBlock: {cidr: "::/0"}}, {ipBlock: {cidr: "2001:db8::/32"}}]}, {}]}',
        'a',
      ),
      np('{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}', 'b'),
      np('{podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress], egress: [{}]}', 'c'),
    ].join('---\n');

    const { by } = ask(clusterFrom(`${world}${yaml}`), { to: outside });
    expect(by.map(({ name, path }) => `${name} ${path}`)).toEqual([
      'a spec.egress[1]',
      'a spec.egress[2]',
      'b spec.egress[0]',
    ]);
  });

  it('lets no malformed policy take away what another admits: Kubernetes policies only ever add', () => {
    const yaml = `${rule('{to: [{ipBlock: {cidr: "::/0"}}]}')}---\n${np('nonsense', 'bad')}`;

    expect(ask(clusterFrom(`${world}${yaml}`), { to: outside })).toMatchObject({ allowed: true, by: [{ name: 'np' }] });
  });

  it('is empty without a spec, and selects every pod for ingress alone', () => {
    expect(
      allowed(
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: shop}\n',
        outside,
      ),
    ).toBe(true);
  });

  it('is in namespace default where none is named', () => {
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np}\nspec: {podSelector: {}, policyTypes: [Egress]}\n';
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n';
    const cluster = clusterFrom(`${policy}---\n${pod}`);

    expect(ask(cluster, { from: 'default/p', to: outside })).toMatchObject({ allowed: false });
  });

  it('takes a block that nobody can read for every address where Calico enforces it, and doubts it elsewhere', () => {
    const policies = policiesOf(
      kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: everything}}]}]}'),
    );
    const flow = { address: outside, port: 443, protocol: 'TCP' } as const;
    const judge = (calico: ReturnType<typeof calicoOf> | null) =>
      evaluateEgress(compilePolicies(policies, calico), endpointOf(podOf(), policies), flow).allowed;

    expect([judge(calicoOf()), judge(calicoOf({ flavour: 'absent' })), judge(null)]).toEqual([true, null, null]);
  });
});
