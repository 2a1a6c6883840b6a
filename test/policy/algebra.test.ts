import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/net/address.ts';
import { type Cluster, clusterOf } from '../../src/policy/cluster.ts';
import { explain } from '../../src/policy/explain.ts';
import { objectsIn } from '../../src/policy/manifests.ts';
import { type NaiveFlow, type NaivePod, type NaivePolicy, type NaiveWorld, naivelyAllowed } from './naive.ts';

const name = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('x', 'y', 'z'), { maxKeys: 2 });
const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'tier', 'kubernetes.io/metadata.name'),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom('x', 'y', 'a', 'b'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
  }),
);
const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const block = fc.constantFrom(
  { cidr: '0.0.0.0/0' },
  { cidr: '::/0' },
  { cidr: '::/0', except: ['fd00::/8', '2001:db8:1::/48'] },
  { cidr: '10.1.0.0/16', except: ['10.1.0.2/32'] },
  { cidr: 'fd00:1::/64' },
  { cidr: '2001:db8::/32', except: ['2001:db8:2::/48'] },
);
const peer = fc.oneof(
  fc.record({ ipBlock: block }),
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
);
const port = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const) }, { requiredKeys: [] }),
  fc.record(
    { protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(80, 443, 'web', 'dns') },
    { requiredKeys: ['port'] },
  ),
  fc.record({ port: fc.constant(80), endPort: fc.constantFrom(80, 443, 8080) }),
);
const rule = fc.record(
  { to: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const policy = fc.record({
  namespace: name,
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.constantFrom([], ['Ingress'], ['Egress'], ['Egress'], ['Ingress', 'Egress']),
      egress: fc.array(rule, { maxLength: 3 }),
    },
    { requiredKeys: ['podSelector', 'egress'] },
  ),
});
const podPorts = fc.constantFrom(
  [],
  [{ name: 'web', number: 443, protocol: 'TCP' }],
  [
    { name: 'web', number: 80, protocol: 'TCP' },
    { name: 'dns', number: 53, protocol: 'UDP' },
  ],
);
const pods = fc.array(fc.record({ namespace: name, labels, ports: podPorts }), { minLength: 1, maxLength: 5 });
const world = fc
  .record({
    policies: fc.array(policy, { maxLength: 5 }),
    namespaces: fc.record({ a: labels, b: labels, c: labels }),
    pods,
  })
  .map(({ policies, namespaces, pods: made }): NaiveWorld => {
    return {
      namespaces,
      policies: policies.map(({ namespace, spec }, index): NaivePolicy => {
        return { metadata: { name: `np-${index}`, namespace }, spec };
      }),
      pods: made.map((pod, index): NaivePod => ({ ...pod, ips: [`10.1.0.${index + 1}`, `fd00:1::${index + 1}`] })),
    };
  });
const flow = fc.record({
  address: fc.constantFrom(
    ...['10.1.0.1', '10.1.0.2', 'fd00:1::1', 'fd00:1::2', 'fd00:1::3', '8.8.8.8', '2001:db8::1'],
    ...['2001:db8:1::1', '2001:db8:2::1', '2606:4700::1', '10.1.200.1', 'fd00:1::99'],
  ),
  port: fc.constantFrom(53, 80, 443, 8080, 9000),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const, 'ICMPv6' as const),
});

const objectOf = (each: NaivePolicy) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...each });

function clusterFor({ policies, namespaces, pods: made }: NaiveWorld): Cluster {
  const items = [
    ...Object.entries(namespaces).map(([own, given]) => {
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own, labels: given } };
    }),
    ...made.map(({ namespace, labels: given, ips, ports }, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${index}`, namespace, labels: given },
      spec: {
        containers: [
          { ports: ports.map(({ name: own, number, protocol }) => ({ name: own, containerPort: number, protocol })) },
        ],
      },
      status: { podIPs: ips.map((ip) => ({ ip })) },
    })),
    ...policies.map(objectOf),
  ];
  return clusterOf(objectsIn({ apiVersion: 'v1', kind: 'List', items }, 'test'));
}

function engineAllows(cluster: Cluster, index: number, pod: NaivePod, { address, port: number, protocol }: NaiveFlow) {
  const source = cluster.residents.get(`${pod.namespace}/Pod/pod-${index}`)![0]!;
  const asked = { port: protocol === 'ICMPv6' ? null : number, protocol };
  return explain(cluster, source, parseAddress(address)!, asked);
}

describe('policy/algebra', () => {
  it('agrees with a naive reading of the specification on every flow', () => {
    const seen = { allowed: 0, denied: 0 };
    fc.assert(
      fc.property(world, fc.array(flow, { minLength: 4, maxLength: 12 }), (made, flows) => {
        const cluster = clusterFor(made);
        for (const [index, pod] of made.pods.entries()) {
          for (const each of flows) {
            const asked = each.protocol === 'ICMPv6' ? { ...each, port: null } : each;
            const expected = naivelyAllowed(made, pod, asked);
            expect(engineAllows(cluster, index, pod, asked).allowed).toBe(expected);
            seen[expected ? 'allowed' : 'denied'] += 1;
          }
        }
      }),
      { numRuns: 1_000 },
    );
    // Agreement about nothing but one of the two would prove little.
    expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(1_000);
  });

  it('never shuts a flow of an isolated pod by one more Kubernetes policy', () => {
    fc.assert(
      fc.property(world, policy, flow, (made, more, asked) => {
        const added: NaivePolicy = { metadata: { name: 'more', namespace: more.namespace }, spec: more.spec };
        const before = clusterFor(made);
        const after = clusterFor({ ...made, policies: [...made.policies, added] });
        for (const [index, pod] of made.pods.entries()) {
          const old = engineAllows(before, index, pod, asked);
          if (old.because === 'not-isolated' || old.allowed !== true) continue;
          expect(engineAllows(after, index, pod, asked).allowed).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same answers whatever the order and the names of Kubernetes policies', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.double({ noNaN: true })), flow, (made, keys, asked) => {
        const shuffled = made.policies
          .map((each) => ({ each, key: keys.next().value }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }, index) => ({ ...each, metadata: { ...each.metadata, name: `z${index}` } }));
        const [before, after] = [clusterFor(made), clusterFor({ ...made, policies: shuffled })];
        for (const [index, pod] of made.pods.entries()) {
          const [old, now] = [engineAllows(before, index, pod, asked), engineAllows(after, index, pod, asked)];
          expect([now.allowed, now.because]).toEqual([old.allowed, old.because]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
