import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../src/net/cidr.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { overriddenBy } from '../../src/policy/override.ts';
import { calicoPolicy, kubernetesPolicy, podOf, policiesOf, tierOf, together } from '../helpers/policies.ts';

const ours = together(
  tierOf('ipv6check', 500, 'Pass'),
  calicoPolicy('{tier: ipv6check, types: [Egress], egress: [{action: Allow, ipVersion: 6}]}', 'ipv6check.new'),
);
const isolating = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}');

function overridden(...others: string[]) {
  const policies = policiesOf(together(ours, ...others));
  const exclusions = ['fe80::/10'].flatMap((text) => parseCidr(text) ?? []);
  const isNew = ({ name }: { name: string }) => name === 'ipv6check.new';
  return overriddenBy(isNew, compilePolicies(policies), endpointOf(podOf(), policies), exclusions);
}

const deny = (to: string, more = '') => calicoPolicy(`{${more}types: [Egress], egress: [{action: Deny${to}}]}`, 'd');

describe('policy/override', () => {
  it.each`
    situation                                     | rules                                                                                   | found
    ${'nothing but isolation'}                    | ${[isolating]}                                                                          | ${[]}
    ${'a Deny after it'}                          | ${[isolating, deny(', destination: {nets: ["fd00:ec2::254/128"]}')]}                    | ${['Calico NetworkPolicy shop/d spec.egress[0]']}
    ${'a Deny for IPv4'}                          | ${[isolating, deny(', destination: {nets: [169.254.169.254/32]}')]}                     | ${[]}
    ${'a Deny of what stays shut'}                | ${[isolating, deny(', destination: {nets: ["fe80::/64", 10.0.0.0/8]}')]}                | ${[]}
    ${'a Deny of pods'}                           | ${[deny(', destination: {selector: all()}')]}                                           | ${['Calico NetworkPolicy shop/d spec.egress[0]']}
    ${'a Deny for other pods'}                    | ${[isolating, deny('', 'selector: "app == \'cart\'", ')]}                               | ${[]}
    ${'a Deny in an earlier tier'}                | ${[isolating, tierOf('early', 1), deny('', 'tier: early, ')]}                           | ${[]}
    ${'the end of a tier before the default one'} | ${[isolating, tierOf('late', 600), calicoPolicy('{tier: late, types: [Egress]}', 'q')]} | ${['the end of tier late']}
    ${'a Deny that isolation kept from packets'}  | ${[isolating, tierOf('last', 2_000_000), deny('', 'tier: last, ')]}                     | ${[]}
  `('finds $found where there is $situation', ({ rules, found }) => {
    expect(overridden(...rules)).toEqual(found);
  });
});
