import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';
import { calicoPolicy, kubernetesPolicy, podOf, policiesOf } from '../helpers/policies.ts';

function missed(yaml: string, address = '2001:4860:4860::8888'): string[] {
  const policies = policiesOf(yaml);
  const flow = { address, port: 443, protocol: 'TCP' } as const;
  const verdict = evaluateEgress(compilePolicies(policies), endpointOf(podOf(), policies), flow);
  expect(verdict.allowed).toBe(false);
  return verdict.nearMisses.map((miss) => `${miss.path}: ${miss.missed}`);
}

const rules = (egress: string) => kubernetesPolicy(`{podSelector: {}, policyTypes: [Egress], egress: [${egress}]}`);
const allow = (rule: string) => calicoPolicy(`{types: [Egress], egress: [{action: Allow, ${rule}}]}`);

describe('policy/match', () => {
  it.each`
    policy                                                                                                  | misses
    ${rules('{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}')}                                                        | ${['spec.egress[0]: this rule allows 0.0.0.0/0; ::/0 is absent']}
    ${rules('{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}')}                                                       | ${['spec.egress[0]: nets lists IPv4 networks only, so the rule does not exist for IPv6']}
    ${rules('{to: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: "::/0"}}], ports: [{port: 80}]}')}        | ${['spec.egress[0]: the rule is for port 80, not 443']}
    ${rules('{to: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: "::/0", except: ["2001:4860::/32"]}}]}')} | ${['spec.egress[0]: the address is excepted']}
    ${rules('{ports: [{port: 53, protocol: UDP}]}')}                                                        | ${['spec.egress[0]: the rule is for UDP, not TCP']}
    ${rules('{to: [{ipBlock: {cidr: "2001:db8::/32"}}]}')}                                                  | ${[]}
    ${rules('{to: [{podSelector: {}}]}')}                                                                   | ${[]}
    ${allow('destination: {notNets: [10.0.0.0/8]}')}                                                        | ${['spec.egress[0]: notNets lists IPv4 networks only, so the rule does not exist for IPv6']}
    ${allow('ipVersion: 4')}                                                                                | ${['spec.egress[0]: the rule is for IPv4']}
    ${allow('protocol: TCP, destination: {ports: [80, "8000:8100", web]}')}                                 | ${['spec.egress[0]: the rule is for port 80, 8000-8100, web, not 443']}
  `('names $misses', ({ policy, misses }) => {
    expect(missed(policy)).toEqual(misses);
  });

  it('names what IPv4 misses, too, and no Deny that did not match', () => {
    expect(missed(rules('{to: [{ipBlock: {cidr: "::/0"}}]}'), '8.8.8.8')).toEqual([
      'spec.egress[0]: nets lists IPv6 networks only, so the rule does not exist for IPv4',
    ]);
    expect(missed(calicoPolicy('{types: [Egress], egress: [{action: Deny, ipVersion: 4}]}'))).toEqual([]);
  });
});
