import { describe, expect, it } from 'vitest';
import { nameResolution } from '../../../src/diagnosis/checks/name-resolution.ts';
import type { NameLookup } from '../../../src/evidence/flows.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { anchors, connects, healthy, pool, said } from '../../helpers/healthy-evidence.ts';
import { calicoOf, kubernetesPolicy, policiesOf } from '../../helpers/policies.ts';

const attempt = { ...healthy.attempt, name: { host: 'api.example', port: 443 } };
const answer = (family: 4 | 6, outcome: NameLookup['outcome'], ...addresses: string[]): NameLookup => {
  return { family, outcome, addresses, tool: 'nslookup', said: '' };
};
const four = answer(4, 'answered', '192.0.2.1');
const asked = (...podNames: readonly NameLookup[]) => ({ attempt, podNames: [...podNames] });
const made = '64:ff9b::808:808';
const dns64 = (outcome: 'connected' | 'ENETUNREACH') => ({
  ...asked(answer(6, 'answered', made), four),
  podConnects: [...connects(anchors, 'connected'), ...connects([made], outcome)],
});
const forgetful = kubernetesPolicy(
  '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}, {ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}',
  'no-dns',
);
const known = { namespaces: healthy.policies.namespaces, serviceAccounts: healthy.policies.serviceAccounts };
const silent = asked(answer(6, 'timeout'), answer(4, 'timeout'));
const blocked = { ...silent, policies: policiesOf(forgetful, known), calico: calicoOf() };
const six = { ...healthy.pod, podIPs: ['fd00:10:244::a'] };
const four4 = { ...healthy.pod, podIPs: ['10.244.0.10'], annotations: {} };
const without = { ...healthy.calico, ipPools: [pool('v4', '10.244.0.0/16')] };

describe('diagnosis/checks/name-resolution', () => {
  it.each`
    situation                                             | changes                                                                                  | outcome             | cause
    ${'no name and a usable server'}                      | ${{}}                                                                                    | ${'pass'}           | ${undefined}
    ${'no name and servers of another family'}            | ${{ pod: six }}                                                                          | ${'fail'}           | ${'resolver-wrong-family'}
    ${'one server of its family among two'}               | ${{ pod: six, podResolvers: ['10.96.0.10', 'fd96::a'] }}                                 | ${'pass'}           | ${undefined}
    ${'a name with an address'}                           | ${asked(answer(6, 'answered', '2001:db8::1'), four)}                                     | ${'pass'}           | ${undefined}
    ${'a name without AAAA'}                              | ${asked(answer(6, 'none'), four)}                                                        | ${'fail'}           | ${'dns-no-aaaa'}
    ${'a name of which getent finds IPv4 alone'}          | ${asked(answer(6, 'not-found'), four)}                                                   | ${'fail'}           | ${'dns-no-aaaa'}
    ${'a name of which getent finds nothing'}             | ${asked(answer(6, 'not-found'), answer(4, 'not-found'))}                                 | ${'inconclusive'}   | ${undefined}
    ${'an address that DNS64 made and nobody translates'} | ${dns64('ENETUNREACH')}                                                                  | ${'fail'}           | ${'dns-no-aaaa'}
    ${'an address that NAT64 translates'}                 | ${dns64('connected')}                                                                    | ${'pass'}           | ${undefined}
    ${'servers that refuse'}                              | ${asked(answer(6, 'refused'), answer(4, 'refused'))}                                     | ${'inconclusive'}   | ${undefined}
    ${'silence and no policy'}                            | ${silent}                                                                                | ${'inconclusive'}   | ${undefined}
    ${'silence and a policy that forgets DNS'}            | ${blocked}                                                                               | ${'fail'}           | ${'dns-blocked-by-policy'}
    ${'that policy, and an answer'}                       | ${{ ...blocked, podNames: [answer(6, 'none'), four] }}                                   | ${'fail'}           | ${'dns-no-aaaa'}
    ${'a name that nobody asked'}                         | ${{ attempt, podNames: failed('TOOL_MISSING', 'no getent') }}                            | ${'inconclusive'}   | ${undefined}
    ${'IPv4 alone in the whole cluster'}                  | ${{ ...asked(answer(6, 'answered', '2001:db8::1'), four), pod: four4, calico: without }} | ${'fail'}           | ${'aaaa-on-ipv4-only-pod'}
    ${'IPv4 alone in a cluster with IPv6'}                | ${{ ...asked(answer(6, 'answered', '2001:db8::1'), four), pod: four4 }}                  | ${'not-applicable'} | ${undefined}
    ${'IPv4 alone and no name'}                           | ${{ pod: four4, calico: without }}                                                       | ${'not-applicable'} | ${undefined}
    ${'resolv.conf that nobody read'}                     | ${{ podResolvers: failed('EXEC_REFUSED', 'no') }}                                        | ${'unknown'}        | ${undefined}
  `('$outcome with $situation', ({ changes, outcome, cause }) => {
    const { outcome: found, judgement } = said(nameResolution, changes);

    expect(found).toBe(outcome);
    expect(judgement && 'cause' in judgement ? judgement.cause : undefined).toBe(cause);
  });

  it.each([
    ['dns-no-aaaa', asked(answer(6, 'none'), four)],
    ['dns-blocked-by-policy', blocked],
    ['resolver-wrong-family', { ...silent, pod: six }],
  ])('decides by a name that fails while addresses connect, and not while they fail: %s', (cause, changes) => {
    const lost = { podConnects: connects(anchors, 'TIMEOUT') };

    expect(said(nameResolution, changes).judgement).toMatchObject({ cause, isDeciding: true });
    expect(said(nameResolution, { ...changes, ...lost }).judgement).toMatchObject({ cause, isDeciding: false });
  });

  it('blames no resolver where no name was asked about', () => {
    expect(said(nameResolution, { pod: six }).judgement).toMatchObject({ isDeciding: false });
  });

  it('names the policy that forgets DNS, and the rule that it lacks', () => {
    const finding = said(nameResolution, blocked);

    expect(finding.summary).toContain('no-dns');
    expect(finding.fix).toContain('port: 53');
  });
});
