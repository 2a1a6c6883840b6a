import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import {
  calicoPolicy,
  clusterPolicy,
  kubernetesPolicy,
  podOf,
  policiesOf,
  tierOf,
  together,
} from '../helpers/policies.ts';

const v6 = { address: '2001:4860:4860::8888', port: 443, protocol: 'TCP' } as const;
const v4 = { address: '8.8.8.8', port: 443, protocol: 'TCP' } as const;

function judge(policies: Policies | string, flow: Parameters<typeof evaluateEgress>[2] = v6, pod = podOf()) {
  const read = typeof policies === 'string' ? policiesOf(policies) : policies;
  return evaluateEgress(compilePolicies(read), endpointOf(pod, read), flow);
}

describe('policy/evaluate', () => {
  it.each`
    situation                                    | spec                                                                                                                   | allowed  | because
    ${'no egress rule'}                          | ${'{podSelector: {}, policyTypes: [Egress]}'}                                                                          | ${false} | ${'end-of-tier'}
    ${'one empty rule'}                          | ${'{podSelector: {}, policyTypes: [Egress], egress: [{}]}'}                                                            | ${true}  | ${'rule'}
    ${'an ingress policy'}                       | ${'{podSelector: {}, policyTypes: [Ingress]}'}                                                                         | ${true}  | ${'not-isolated'}
    ${'ingress types with an inert egress rule'} | ${'{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{port: 53}]}]}'}                                        | ${true}  | ${'not-isolated'}
    ${'no types and no egress'}                  | ${'{podSelector: {}}'}                                                                                                 | ${true}  | ${'not-isolated'}
    ${'no types and an egress rule'}             | ${'{podSelector: {}, egress: [{ports: [{port: 53}]}]}'}                                                                | ${false} | ${'end-of-tier'}
    ${'another pod'}                             | ${'{podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress]}'}                                                  | ${true}  | ${'not-isolated'}
    ${'a selector by expression'}                | ${'{podSelector: {matchExpressions: [{key: app, operator: In, values: [checkout]}]}, policyTypes: [Egress]}'}          | ${false} | ${'end-of-tier'}
    ${'a selector that excludes the pod'}        | ${'{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [checkout]}]}, policyTypes: [Egress]}'}       | ${true}  | ${'not-isolated'}
    ${'ports without peers'}                     | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}'}                                        | ${true}  | ${'rule'}
    ${'another port'}                            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}]}'}                                         | ${false} | ${'end-of-tier'}
    ${'a port range'}                            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 400, endPort: 500}]}]}'}                          | ${true}  | ${'rule'}
    ${'a protocol without a port'}               | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP}]}]}'}                                    | ${false} | ${'end-of-tier'}
    ${'its protocol without a port'}             | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: TCP}]}]}'}                                    | ${true}  | ${'rule'}
    ${'all of IPv6'}                             | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}]}]}'}                             | ${true}  | ${'rule'}
    ${'an exception for it'}                     | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0", except: ["2001:4860::/32"]}}]}]}'} | ${false} | ${'end-of-tier'}
    ${'an exception for others'}                 | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0", except: ["fc00::/7"]}}]}]}'}       | ${true}  | ${'rule'}
    ${'pods of the cluster only'}                | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}'}                               | ${false} | ${'end-of-tier'}
    ${'a named port'}                            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: https}]}]}'}                                      | ${false} | ${'end-of-tier'}
    ${'a protocol that nobody knows'}            | ${'{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: QUIC, port: 443}]}]}'}                        | ${null}  | ${'doubtful'}
    ${'a block that cannot be read'}             | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: everything}}]}]}'}                         | ${null}  | ${'doubtful'}
    ${'a peer of another kind'}                  | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{fqdn: example.org}]}]}'}                                   | ${null}  | ${'doubtful'}
    ${'a selector with an unknown operator'}     | ${'{podSelector: {matchExpressions: [{key: app, operator: Like, values: [c]}]}, policyTypes: [Egress]}'}               | ${null}  | ${'doubtful'}
    ${'a named port of pods'}                    | ${'{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: https}]}]}'}             | ${false} | ${'end-of-tier'}
  `('Kubernetes: $situation → $allowed, $because', ({ spec, allowed, because }) => {
    expect(judge(kubernetesPolicy(spec))).toMatchObject({ allowed, because });
  });

  it('names 0.0.0.0/0 without ::/0 as the near miss, with the line of YAML', () => {
    const ipv4Only = kubernetesPolicy(
      '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}, {to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}',
    );

    expect(judge(ipv4Only, v4)).toMatchObject({ allowed: true, by: [{ name: 'np', path: 'spec.egress[1]' }] });
    const verdict = judge(ipv4Only);
    expect(verdict).toMatchObject({
      allowed: false,
      isolatedBy: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'np' }],
    });
    expect(verdict.nearMisses).toContainEqual({
      kind: 'NetworkPolicy',
      namespace: 'shop',
      name: 'np',
      path: 'spec.egress[1]',
      missed: 'this rule allows 0.0.0.0/0; ::/0 is absent',
    });
  });

  it('adds up several Kubernetes policies: one that admits is enough', () => {
    const shut = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}', 'a-shut');
    const open = kubernetesPolicy(
      '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}]}]}',
      'z-open',
    );

    expect(judge(together(shut, open))).toMatchObject({ allowed: true, by: [{ name: 'z-open' }] });
    expect(judge(together(shut, open), v4)).toMatchObject({ allowed: false });
  });

  it.each`
    situation                                       | spec                                                                                                     | allowed  | because
    ${'a Deny for IPv6'}                            | ${'{types: [Egress], egress: [{action: Deny, ipVersion: 6}, {action: Allow}]}'}                          | ${false} | ${'denied-by-rule'}
    ${'an Allow before a Deny'}                     | ${'{types: [Egress], egress: [{action: Allow}, {action: Deny}]}'}                                        | ${true}  | ${'rule'}
    ${'a Log first'}                                | ${'{types: [Egress], egress: [{action: Log}, {action: Allow}]}'}                                         | ${true}  | ${'rule'}
    ${'a Pass out of the last tier'}                | ${'{types: [Egress], egress: [{action: Pass}]}'}                                                         | ${true}  | ${'profile'}
    ${'IPv4 notNets, which kill the rule for IPv6'} | ${'{types: [Egress], egress: [{action: Allow, destination: {notNets: [10.0.0.0/8]}}]}'}                  | ${false} | ${'end-of-tier'}
    ${'notNets of its own family'}                  | ${'{types: [Egress], egress: [{action: Allow, destination: {notNets: ["fc00::/7"]}}]}'}                  | ${true}  | ${'rule'}
    ${'notNets that except everything'}             | ${'{types: [Egress], egress: [{action: Allow, destination: {notNets: ["::/0"]}}]}'}                      | ${false} | ${'end-of-tier'}
    ${'nets of both families'}                      | ${'{types: [Egress], egress: [{action: Allow, destination: {nets: [0.0.0.0/0, "::/0"]}}]}'}              | ${true}  | ${'rule'}
    ${'an IPv4-mapped net, which is IPv4'}          | ${'{types: [Egress], egress: [{action: Allow, destination: {nets: ["::ffff:0.0.0.0/96"]}}]}'}            | ${false} | ${'end-of-tier'}
    ${'no types but egress rules'}                  | ${'{egress: [{action: Deny}]}'}                                                                          | ${false} | ${'denied-by-rule'}
    ${'no types and no rules'}                      | ${'{}'}                                                                                                  | ${true}  | ${'not-isolated'}
    ${'another selector'}                           | ${'{selector: "app == \'cart\'", types: [Egress]}'}                                                      | ${true}  | ${'not-isolated'}
    ${'a selector on the namespace label'}          | ${'{selector: "projectcalico.org/namespace == \'shop\'", types: [Egress]}'}                              | ${false} | ${'end-of-tier'}
    ${'protocol ICMP, which never is ICMPv6'}       | ${'{types: [Egress], egress: [{action: Allow, protocol: ICMP}]}'}                                        | ${false} | ${'end-of-tier'}
    ${'a port as text'}                             | ${'{types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {ports: ["440:450"]}}]}'}      | ${true}  | ${'rule'}
    ${'services, whose endpoints are not read'}     | ${'{types: [Egress], egress: [{action: Allow, destination: {services: {name: web, namespace: shop}}}]}'} | ${null}  | ${'doubtful'}
    ${'a selector that cannot be read'}             | ${'{selector: "app = x", types: [Egress]}'}                                                              | ${null}  | ${'doubtful'}
  `('Calico: $situation → $allowed, $because', ({ spec, allowed, because }) => {
    expect(judge(calicoPolicy(spec))).toMatchObject({ allowed, because });
  });

  it('takes a policy that was stored without types for both directions', () => {
    const stored = calicoPolicy('{}')
      .replace('projectcalico.org/v3', 'crd.projectcalico.org/v1')
      .replace('name: cnp', 'name: default.cnp');

    expect(judge(stored)).toMatchObject({
      allowed: false,
      isolatedBy: [{ kind: 'Calico NetworkPolicy', name: 'default.cnp' }],
    });
  });

  it('lets the order inside a tier decide: Kubernetes policies stand at 1000', () => {
    const open = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{}]}');
    const denyAt = (order: number) => calicoPolicy(`{order: ${order}, types: [Egress], egress: [{action: Deny}]}`);

    expect(judge(together(open, denyAt(999)))).toMatchObject({ allowed: false, because: 'denied-by-rule' });
    expect(judge(together(open, denyAt(1001)))).toMatchObject({ allowed: true, because: 'rule' });
    expect(judge(together(open, calicoPolicy('{types: [Egress], egress: [{action: Deny}]}')))).toMatchObject({
      allowed: true,
    });
  });

  it('ends a tier as its defaultAction says, before the default tier is asked', () => {
    const open = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{}]}');
    const early = calicoPolicy(
      '{tier: security, types: [Egress], egress: [{action: Allow, destination: {nets: [10.0.0.0/8]}}]}',
      'security.x',
    );

    expect(judge(together(open, tierOf('security', 10), early))).toMatchObject({
      allowed: false,
      because: 'end-of-tier',
      isolatedBy: [{ name: 'security.x' }],
    });
    expect(judge(together(open, tierOf('security', 10, 'Pass'), early))).toMatchObject({
      allowed: true,
      because: 'rule',
    });
    expect(
      judge(together(kubernetesPolicy('{podSelector: {}, policyTypes: [Ingress]}'), tierOf('security', 10), early), v4),
    ).toMatchObject({ allowed: false });
  });

  it('sorts a tier without an object last of all, and still ends it with Deny', () => {
    const early = calicoPolicy('{tier: nowhere, types: [Egress], egress: []}');

    expect(judge(early)).toMatchObject({ allowed: false, because: 'end-of-tier' });
    expect(
      judge(together(early, kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{}]}'))),
    ).toMatchObject({
      allowed: true,
    });
  });

  it('leaves a tier alone whose policies are for ingress or staged', () => {
    const ingress = calicoPolicy('{tier: security, types: [Ingress]}');
    const staged = calicoPolicy('{tier: security, types: [Egress]}', 's').replace('kind: ', 'kind: Staged');

    expect(judge(together(tierOf('security', 10), ingress, staged))).toMatchObject({
      allowed: true,
      because: 'not-isolated',
    });
  });

  it('asks administrator policies first and baseline ones last', () => {
    const cluster = (tierName: string, action: string) =>
      clusterPolicy(
        `{tier: ${tierName}, priority: 5, subject: {namespaces: {}}, egress: [{action: ${action}, to: [{networks: ["::/0"]}]}]}`,
      );
    const namespaces = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }];
    const asked = (yaml: string, flow: typeof v6 | typeof v4 = v6) => judge(policiesOf(yaml, { namespaces }), flow);
    const open = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{}]}');
    const shut = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}');

    expect(asked(together(open, cluster('Admin', 'Deny')))).toMatchObject({
      allowed: false,
      because: 'denied-by-rule',
    });
    expect(asked(together(shut, cluster('Admin', 'Accept')))).toMatchObject({ allowed: true, because: 'rule' });
    expect(asked(together(shut, cluster('Admin', 'Accept')), v4)).toMatchObject({ allowed: false });
    expect(asked(together(open, cluster('Baseline', 'Deny')))).toMatchObject({ allowed: true });
    expect(asked(cluster('Baseline', 'Deny'))).toMatchObject({ allowed: false });
  });

  it('is in doubt when a kind was not read or is not understood', () => {
    const open = policiesOf('', { unread: [{ kind: 'GlobalNetworkPolicy', reason: 'forbidden' }] });

    expect(judge(open)).toMatchObject({
      allowed: null,
      because: 'doubtful',
      issues: [expect.stringContaining('forbidden')],
    });
    expect(judge(policiesOf('', { notUnderstood: ['CiliumNetworkPolicy'] }))).toMatchObject({ allowed: null });
    expect(judge('apiVersion: example.org/v1\nkind: EgressThing\nmetadata: {name: x}\n')).toMatchObject({
      allowed: null,
    });
  });

  it('is not in doubt where a rule that it cannot judge makes no difference', () => {
    const spec =
      '{types: [Egress], egress: [{action: Allow, destination: {services: {name: web, namespace: shop}}}, {action: Allow}]}';

    expect(judge(calicoPolicy(spec))).toMatchObject({ allowed: true });
  });

  it('never lets a Kubernetes policy that admits less take away what others admit', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, fc.array(port, { maxLength: 4 }), fc.array(port, { maxLength: 4 }), (asked, some, more) => {
        const rules = (ports: number[]) =>
          `{podSelector: {}, policyTypes: [Egress], egress: [${ports.map((each) => `{ports: [{port: ${each}}]}`).join(', ')}]}`;
        const flow = { ...v6, port: asked };
        const { allowed } = judge(
          together(kubernetesPolicy(rules(some), 'a'), kubernetesPolicy(rules(more), 'b')),
          flow,
        );
        expect(allowed).toBe(some.includes(asked) || more.includes(asked));
      }),
      { numRuns: 60 },
    );
  });
});
