import { describe, expect, it } from 'vitest';
import { ask, cart, clusterFrom, db, outside, world } from './ask.ts';

const hep = (name: string, node: string, interfaceName: string) =>
  `{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: ${name}, labels: {host: "yes"}}, spec: {node: ${node}, interfaceName: "${interfaceName}", expectedIPs: ["fd00:99::1"]}}\n---\n`;
const gnp = (spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec: ${spec}\n---\n`;
const deny = gnp(
  '{selector: has(host), applyOnForward: true, types: [Egress], egress: [{action: Deny, destination: {nets: ["2001:db8::/32"]}}, {action: Allow}]}',
);
const judge = (yaml: string, to = outside) => ask(clusterFrom(`${world}${yaml}`), { to });

describe('policy/gates', () => {
  it.each`
    situation                                    | yaml                                                                                                                   | to              | allowed
    ${'no host endpoint'}                        | ${deny}                                                                                                                | ${outside}      | ${true}
    ${'one on another node'}                     | ${deny + hep('h', 'n2', '*')}                                                                                          | ${outside}      | ${true}
    ${'one for all interfaces'}                  | ${deny + hep('h', 'n1', '*')}                                                                                          | ${outside}      | ${false}
    ${'one for an interface that may be it'}     | ${deny + hep('h', 'n1', 'eth0')}                                                                                       | ${outside}      | ${null}
    ${'what it lets by'}                         | ${deny + hep('h', 'n1', '*')}                                                                                          | ${'2606:47::1'} | ${true}
    ${'a pod on the same node'}                  | ${gnp('{selector: has(host), applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}                           | ${cart}         | ${true}
    ${'a pod on another node'}                   | ${gnp('{selector: has(host), applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}                           | ${db}           | ${null}
    ${'a policy that selects no host'}           | ${gnp('{selector: has(other), applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}                          | ${outside}      | ${true}
    ${'a policy of namespaces'}                  | ${gnp('{namespaceSelector: has(other), applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}                 | ${outside}      | ${true}
    ${'a policy that forwarded packets pass by'} | ${gnp('{selector: has(host), types: [Egress]}') + hep('h', 'n1', '*')}                                                 | ${outside}      | ${true}
    ${'the end of the tier'}                     | ${gnp('{selector: has(host), applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}                           | ${outside}      | ${false}
    ${'ingress policies alone'}                  | ${gnp('{selector: has(host), applyOnForward: true, types: [Ingress]}') + hep('h', 'n1', '*')}                          | ${outside}      | ${true}
    ${'a Pass out of every tier'}                | ${gnp('{selector: has(host), applyOnForward: true, types: [Egress], egress: [{action: Pass}]}') + hep('h', 'n1', '*')} | ${outside}      | ${null}
    ${'an untracked policy for replies'}         | ${gnp('{selector: has(host), doNotTrack: true, applyOnForward: true, types: [Ingress]}') + hep('h', 'n1', '*')}        | ${outside}      | ${null}
    ${'an untracked policy for egress'}          | ${gnp('{selector: has(host), doNotTrack: true, applyOnForward: true, types: [Egress]}') + hep('h', 'n1', '*')}         | ${outside}      | ${true}
    ${'a policy before DNAT'}                    | ${gnp('{selector: has(host), preDNAT: true, applyOnForward: true, types: [Ingress]}') + hep('h', 'n1', '*')}           | ${outside}      | ${null}
  `('$situation, to $to → $allowed', ({ yaml, to, allowed }) => {
    expect(judge(yaml, to).allowed).toBe(allowed);
  });

  it('names the policy of hosts that denies', () => {
    expect(judge(deny + hep('h', 'n1', '*'))).toMatchObject({
      because: 'denied-by-rule',
      by: [{ kind: 'GlobalNetworkPolicy', namespace: null, name: 'g', path: 'spec.egress[0]' }],
    });
  });

  it('says of a denial by the pod’s own policies nothing of hosts', () => {
    const own =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress]}\n---\n';

    expect(judge(own + deny + hep('h', 'n1', '*'))).toMatchObject({ isolatedBy: [{ name: 'np' }] });
  });

  it('finds hosts by the addresses that they expect', () => {
    const toHosts = gnp(
      '{namespaceSelector: has(team), types: [Egress], egress: [{action: Allow, destination: {selector: has(host)}}]}',
    );

    expect(judge(toHosts + hep('h', 'n9', '*'), 'fd00:99::1').allowed).toBe(true);
    expect(judge(toHosts, 'fd00:99::1').allowed).toBe(false);
  });

  it('leaves a pod on the network of its node alone where no host endpoint is', () => {
    const host =
      '{apiVersion: v1, kind: Pod, metadata: {name: h, namespace: shop}, spec: {hostNetwork: true, nodeName: n1}}\n---\n';
    const asked = (yaml: string) => ask(clusterFrom(`${world}${host}${yaml}`), { from: 'shop/h', to: outside }).allowed;

    expect([asked(gnp('{types: [Egress]}')), asked(gnp('{types: [Egress]}') + hep('h', 'n1', '*'))]).toEqual([
      true,
      null,
    ]);
  });
});
