import { describe, expect, it } from 'vitest';
import { addressPreference } from '../../../src/diagnosis/checks/address-preference.ts';
import { failed } from '../../../src/evidence/observation.ts';
import { healthy, said } from '../../helpers/healthy-evidence.ts';

const gai = (...precedences: readonly (readonly [string, number])[]) => ({
  podAddressPreferences: { precedences: precedences.map(([prefix, precedence]) => ({ prefix, precedence })) },
});
const ipv4 = '::ffff:0:0/96';

describe('diagnosis/checks/address-preference', () => {
  it.each`
    situation                          | changes                                                                  | outcome
    ${'no gai.conf'}                   | ${{}}                                                                    | ${'pass'}
    ${'IPv4 above all'}                | ${gai([ipv4, 100], ['default', 40])}                                     | ${'fail'}
    ${'IPv4 above all that is listed'} | ${gai([ipv4, 100])}                                                      | ${'fail'}
    ${'the usual order, written down'} | ${gai([ipv4, 10], ['default', 40])}                                      | ${'pass'}
    ${'a pod without IPv4'}            | ${{ pod: { ...healthy.pod, podIPs: ['fd00::1'] }, ...gai([ipv4, 100]) }} | ${'not-applicable'}
    ${'a file that nobody read'}       | ${{ podAddressPreferences: failed('EXEC_REFUSED', 'no') }}               | ${'unknown'}
  `('$outcome with $situation', ({ changes, outcome }) => {
    expect(said(addressPreference, changes).outcome).toBe(outcome);
  });

  it('says of a unique local address that applications prefer IPv4, which is no failure', () => {
    const global = { ...healthy.pod, podIPs: ['10.244.0.10', '2001:db8:5::a'] };

    expect(said(addressPreference).summary).toContain('RFC 6724 ranks below IPv4');
    expect(said(addressPreference, { pod: global }).summary).toContain('take IPv6');
  });

  it('is certain and decides nothing: packets do get out', () => {
    expect(said(addressPreference, gai([ipv4, 100])).judgement).toMatchObject({
      ...{ cause: 'app-prefers-or-forces-ipv4', confidence: 'certain', isDeciding: false },
    });
  });
});
