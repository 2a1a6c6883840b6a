import { describe, expect, it } from 'vitest';
import { canonicalDestination, canonicalIPv6, fromHex } from '../../../workers/probes/address.ts';

describe('workers/probes/address', () => {
  it.each`
    text                    | canonical
    ${'2001:DB8:0:0::0001'} | ${'2001:db8::1'}
    ${'::'}                 | ${'::'}
    ${'::ffff:192.0.2.1'}   | ${'::ffff:c000:201'}
  `('writes $text as $canonical', ({ text, canonical }) => {
    expect(canonicalIPv6(text)).toBe(canonical);
  });

  it.each(['', 'x', '1.2.3.4', '::1/64', 'fe80::1%eth0', ':::'])('refuses "%s"', (text) => {
    expect(() => canonicalIPv6(text)).toThrow(/^not an IPv6 address: /);
  });

  it('reads the kernel’s digits', () => {
    expect(fromHex('20010db8000000000000000000000005')).toBe('2001:db8::5');
    expect(() => fromHex('2001')).toThrow('not an address in hexadecimal: 2001');
  });

  it.each`
    text           | canonical
    ${'default'}   | ${'default'}
    ${'::/0'}      | ${'default'}
    ${'fd00::/8'}  | ${'fd00::/8'}
    ${'fd00:0::1'} | ${'fd00::1/128'}
  `('writes $text as $canonical', ({ text, canonical }) => {
    expect(canonicalDestination(text)).toBe(canonical);
  });
});
