import { describe, expect, it } from 'vitest';
import type { Calico } from '../../src/evidence/objects.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import type { Peer } from '../../src/policy/model.ts';
import { calicoOf, calicoPolicy, globalPolicy, podOf, policiesOf, tierOf, together } from '../helpers/policies.ts';

interface Question {
  readonly address?: string;
  readonly port?: number;
  readonly peer?: Peer;
  readonly calico?: Calico;
}

function judge(yaml: string, { address = '2001:4860:4860::8888', port = 443, peer, calico }: Question = {}) {
  const policies = policiesOf(yaml);
  const model = compilePolicies(policies, calico ?? null);
  return evaluateEgress(model, endpointOf(podOf(), policies), { address, port, protocol: 'TCP' }, peer ?? null);
}

const allow = (rule: string) => calicoPolicy(`{types: [Egress], egress: [{action: Allow, ${rule}}]}`);
const stored = (yaml: string) => yaml.replaceAll('projectcalico.org/v3', 'crd.projectcalico.org/v1');

describe('policy/calico', () => {
  it.each`
    situation                                       | rule                                                           | allowed
    ${'a named port, which no address outside has'} | ${'protocol: TCP, destination: {ports: [https]}'}              | ${false}
    ${'a named port beside the right number'}       | ${'protocol: TCP, destination: {ports: [https, 443]}'}         | ${true}
    ${'the port among notPorts'}                    | ${'protocol: TCP, destination: {notPorts: [443]}'}             | ${false}
    ${'another port among notPorts'}                | ${'protocol: TCP, destination: {notPorts: ["80:90"]}'}         | ${true}
    ${'its protocol excepted'}                      | ${'notProtocol: TCP'}                                          | ${false}
    ${'a protocol by number'}                       | ${'protocol: 6'}                                               | ${true}
    ${'a protocol that nobody knows'}               | ${'protocol: QUIC'}                                            | ${null}
    ${'a network that cannot be read'}              | ${'destination: {nets: ["2001:db8::/32", everything]}'}        | ${null}
    ${'an excepted network that cannot be read'}    | ${'destination: {notNets: [nowhere]}'}                         | ${null}
    ${'an action that nobody knows'}                | ${'action: Shrug'}                                             | ${null}
    ${'an ICMP type for another protocol'}          | ${'protocol: ICMPv6, icmp: {type: 128}'}                       | ${false}
    ${'the source by selector'}                     | ${'source: {selector: "app == \'checkout\'"}'}                 | ${true}
    ${'another source by selector'}                 | ${'source: {selector: "app == \'cart\'"}'}                     | ${false}
    ${'the source excluded'}                        | ${'source: {notSelector: "app == \'checkout\'"}'}              | ${false}
    ${'a source selector that cannot be read'}      | ${'source: {selector: "app = x"}'}                             | ${null}
    ${'the pod’s own network as source'}            | ${'source: {nets: ["fd00:10:244::/64"]}'}                      | ${true}
    ${'another source network'}                     | ${'source: {nets: ["fd00:99::/64"]}'}                          | ${false}
    ${'a source network of IPv4'}                   | ${'source: {nets: [10.244.0.0/16]}'}                           | ${false}
    ${'a source port'}                              | ${'protocol: TCP, source: {ports: [40000]}'}                   | ${null}
    ${'endpoints by selector'}                      | ${'destination: {selector: "all()"}'}                          | ${false}
    ${'endpoints of other namespaces'}              | ${'destination: {namespaceSelector: "team not in {\'web\'}"}'} | ${false}
    ${'everybody but some, which means endpoints'}  | ${'destination: {notSelector: "app == \'db\'"}'}               | ${false}
    ${'domains, whose addresses are not read'}      | ${'destination: {domains: [example.org]}'}                     | ${null}
  `('Allow for $situation → $allowed', ({ rule, allowed }) => {
    const given = rule.startsWith('action') ? allow('').replace('action: Allow, ', rule) : allow(rule);

    expect(judge(given)).toMatchObject({ allowed });
  });

  it('lets notSelector of a global policy pass what is no endpoint at all', () => {
    const spec = '{types: [Egress], egress: [{action: Allow, destination: {notSelector: "app == \'db\'"}}]}';

    expect(judge(globalPolicy(spec))).toMatchObject({ allowed: true, because: 'rule' });
  });

  it.each`
    selector                                      | labels                                                                                 | allowed
    ${'selector: "app == \'db\'"'}                | ${{ app: 'db', 'projectcalico.org/namespace': 'shop' }}                                | ${true}
    ${'selector: "app == \'db\'"'}                | ${{ app: 'db', 'projectcalico.org/namespace': 'data' }}                                | ${false}
    ${'namespaceSelector: "team in {\'a\'}"'}     | ${{ 'projectcalico.org/namespace': 'data', 'pcns.team': 'a' }}                         | ${true}
    ${'namespaceSelector: "team not in {\'a\'}"'} | ${{ 'projectcalico.org/namespace': 'data', 'pcns.team': 'a' }}                         | ${false}
    ${'namespaceSelector: "all()"'}               | ${{ 'projectcalico.org/namespace': 'data' }}                                           | ${true}
    ${'namespaceSelector: "global()"'}            | ${{ 'projectcalico.org/namespace': 'data' }}                                           | ${false}
    ${'serviceAccounts: {names: [db]}'}           | ${{ 'projectcalico.org/namespace': 'shop', 'projectcalico.org/serviceaccount': 'db' }} | ${true}
    ${'notSelector: "app == \'db\'"'}             | ${{ app: 'db', 'projectcalico.org/namespace': 'shop' }}                                | ${false}
    ${'notSelector: "app == \'db\'"'}             | ${{ app: 'web', 'projectcalico.org/namespace': 'shop' }}                               | ${true}
  `('$selector and a pod with $labels → $allowed', ({ selector, labels, allowed }) => {
    const peer = { labels, portNames: [] };

    expect(judge(allow(`destination: {${selector}}`), { address: 'fd00:10:244::9', peer })).toMatchObject({ allowed });
  });

  it('is in doubt about an address in the cluster whose pod is not known, where a rule selects pods', () => {
    const bySelector = allow('destination: {selector: "app == \'db\'"}');
    const calico = calicoOf({
      ipPools: [
        { name: 'p', cidr: '2001:db8:244::/48', natOutgoing: false, isDisabled: false, ipipMode: '', vxlanMode: '' },
      ],
    });

    expect(judge(bySelector, { address: 'fd00:10:244::9' })).toMatchObject({ allowed: null });
    expect(judge(bySelector, { address: '2001:db8:244::9', calico })).toMatchObject({ allowed: null });
    expect(judge(bySelector, { address: 'fd00:10:244::9', calico })).toMatchObject({ allowed: false });
    const named = allow('protocol: TCP, destination: {ports: [https]}');
    expect(judge(named, { address: 'fd00:10:244::9' })).toMatchObject({ allowed: null });
    expect(judge(named, { address: 'fd00::9', peer: { labels: {}, portNames: ['https'] } })).toMatchObject({
      allowed: true,
    });
  });

  it('finds addresses of network sets by their labels', () => {
    const set = (kind: string, metadata: string) =>
      `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: ${metadata}\nspec: {nets: ["2001:4860::/32"]}\n`;
    const rule = allow('destination: {selector: "role == \'dns\'"}');
    const anywhere = allow('destination: {selector: "role == \'dns\'", namespaceSelector: "global()"}');
    const own = set('NetworkSet', '{name: s, namespace: shop, labels: {role: dns}}');
    const global = set('GlobalNetworkSet', '{name: s, labels: {role: dns}}');

    expect(judge(together(rule, own))).toMatchObject({ allowed: true });
    expect(judge(together(rule, global))).toMatchObject({ allowed: false });
    expect(judge(together(anywhere, global))).toMatchObject({ allowed: true });
    expect(judge(together(rule, own), { address: '2606:4700:4700::1111' })).toMatchObject({ allowed: false });
  });

  it.each`
    name         | tier         | version      | outcome
    ${'first.x'} | ${'default'} | ${'v3.31.0'} | ${{ allowed: true, because: 'profile' }}
    ${'first.x'} | ${'default'} | ${'v3.32.0'} | ${{ allowed: false, because: 'end-of-tier' }}
    ${'first.x'} | ${'default'} | ${null}      | ${{ allowed: null }}
    ${'first.x'} | ${'first'}   | ${null}      | ${{ allowed: true, because: 'profile' }}
    ${'x'}       | ${'default'} | ${'v3.31.0'} | ${{ allowed: false }}
  `('puts stored policy $name with tier $tier where Calico $version does', ({ name, tier, version, outcome }) => {
    const yaml = stored(together(calicoPolicy(`{tier: ${tier}, types: [Egress]}`, name), tierOf('first', 1, 'Pass')));

    expect(judge(yaml, { calico: calicoOf({ flavour: 'crd-v1', version }) })).toMatchObject(outcome);
  });

  it('ignores stored objects behind the v3 API, which are the same again or enforced by nobody', () => {
    const yaml = stored(calicoPolicy('{types: [Egress]}'));

    expect(judge(yaml, { calico: calicoOf() })).toMatchObject({ because: 'not-isolated' });
    expect(judge(yaml, { calico: calicoOf({ flavour: 'crd-v1' }) })).toMatchObject({ allowed: false });
  });

  it('does not vouch for what policies of host endpoints may still stop', () => {
    const host = globalPolicy('{applyOnForward: true, selector: has(host), types: [Egress], egress: [{action: Deny}]}');
    const isolated = calicoPolicy('{types: [Egress]}');

    expect(judge(host)).toMatchObject({ allowed: null, issues: [expect.stringContaining('leaves the node')] });
    expect(judge(together(host, isolated))).toMatchObject({ allowed: false });
  });
});
