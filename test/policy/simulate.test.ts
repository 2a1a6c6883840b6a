import { describe, expect, it } from 'vitest';
import { comparer, compareSets } from '../../src/policy/simulate.ts';
import { calicoOf, kubernetesPolicy, podOf, policiesOf, together } from '../helpers/policies.ts';

const v6 = { family: 6, address: '2001:4860:4860::8888', port: 443 } as const;
const shut = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress]}', 'shut');
const open = kubernetesPolicy(
  '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}]}]}',
  'open',
);
const odd = kubernetesPolicy('{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 99999}]}]}', 'odd');
const compare = (before: string, after: string) =>
  compareSets(podOf(), policiesOf(before), policiesOf(after), calicoOf(), [v6]);

describe('policy/simulate', () => {
  it('says what opens and what stays shut, IPv4 always asked as a control', () => {
    expect(compare(shut, together(shut, open))).toEqual({
      pod: podOf().name,
      newlyOpen: ['[2001:4860:4860::8888]:443'],
      newlyShut: [],
      stillShut: ['8.8.8.8:443', '192.0.2.1:53'],
      newlyIsolated: false,
      isDoubtful: false,
    });
  });

  it.each`
    before  | after                  | newlyShut                          | newlyIsolated | isDoubtful
    ${''}   | ${open}                | ${['8.8.8.8:443', '192.0.2.1:53']} | ${true}       | ${false}
    ${shut} | ${''}                  | ${[]}                              | ${false}      | ${false}
    ${''}   | ${odd}                 | ${[]}                              | ${true}       | ${true}
    ${odd}  | ${together(odd, open)} | ${[]}                              | ${true}       | ${true}
    ${shut} | ${together(shut, odd)} | ${[]}                              | ${false}      | ${true}
  `('isolates: $newlyIsolated, doubts: $isDoubtful', ({ before, after, ...outcome }) => {
    expect(compare(before, after)).toMatchObject(outcome);
  });

  it('compares many pods with the policies compiled once', () => {
    const of = comparer(policiesOf(''), policiesOf(shut), calicoOf(), [v6]);

    expect([of(podOf()), of(podOf({ namespace: 'other' }))].map(({ newlyIsolated }) => newlyIsolated)).toEqual([
      true,
      false,
    ]);
  });
});
