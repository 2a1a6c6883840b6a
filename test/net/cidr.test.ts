import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../src/net/address.ts';
import {
  contains,
  formatCidr,
  isGlobalUnicast,
  isLinkLocal,
  isUniqueLocal,
  parseCidr,
  parseNet,
} from '../../src/net/cidr.ts';

describe('net/address', () => {
  it.each`
    text                      | shown
    ${'2001:DB8:0:0:0:0:0:1'} | ${'2001:db8::1'}
    ${'::'}                   | ${'::'}
    ${'::1'}                  | ${'::1'}
    ${'fe80::1:0:0:1'}        | ${'fe80::1:0:0:1'}
    ${'2001:db8:0:1:1:1:1:1'} | ${'2001:db8:0:1:1:1:1:1'}
    ${'1:0:0:2:0:0:0:3'}      | ${'1:0:0:2::3'}
    ${'::ffff:192.0.2.1'}     | ${'::ffff:c000:201'}
    ${'192.0.2.1'}            | ${'192.0.2.1'}
  `('shows $text as $shown', ({ text, shown }) => {
    expect(formatAddress(parseAddress(text)!)).toBe(shown);
  });

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '1.2.3',
    '1.2.3.04',
    '256.1.1.1',
    '::1.2.3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::g',
    ' ::1',
  ])('refuses "%s"', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('reads what node:net calls an address, and shows it so that it reads the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (text) => {
        const parsed = parseAddress(text);
        expect(parsed?.family).toBe(isIP(text));
        expect(parseAddress(formatAddress(parsed!))).toEqual(parsed);
      }),
    );
  });
});

describe('net/cidr', () => {
  it('agrees with net.BlockList on what a prefix contains', () => {
    const inputs = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }), fc.ipV6(), fc.integer({ min: 0, max: 128 }));
    fc.assert(
      fc.property(inputs, ([net, prefixLength, other, shared]) => {
        // Half of the addresses share a part of the prefix, or containment would never be true.
        const cidr = parseCidr(`${net}/${prefixLength}`)!;
        fc.pre(cidr.family === 6);
        const near = parseCidr(`${net}/${shared}`)!;
        const address = parseAddress(shared % 2 === 0 ? other : formatAddress({ family: 6, words: near.words }))!;
        fc.pre(near.family === 6);
        const list = new BlockList();
        list.addSubnet(net, prefixLength, 'ipv6');
        expect(contains(cidr, address)).toBe(list.check(formatAddress(address), 'ipv6'));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the families apart, where BlockList finds 192.0.2.1 inside ::/0', () => {
    expect(contains(parseCidr('::/0')!, parseAddress('192.0.2.1')!)).toBe(false);
    expect(contains(parseCidr('0.0.0.0/0')!, parseAddress('::1')!)).toBe(false);
    expect(contains(parseCidr('0.0.0.0/0')!, parseAddress('192.0.2.1')!)).toBe(true);
    expect(contains(parseCidr('192.0.2.0/25')!, parseAddress('192.0.2.128')!)).toBe(false);
  });

  it('takes an IPv4-mapped prefix for IPv4, as Go prints it', () => {
    expect(formatCidr(parseCidr('::ffff:8.8.8.0/120')!)).toBe('8.8.8.0/24');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '::/129', '::/-1', '::/01', '/8', 'x/8'])('refuses "%s" as a CIDR', (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  it('drops host bits and reads a bare address as one host', () => {
    expect(formatCidr(parseCidr('2001:db8::5/64')!)).toBe('2001:db8::/64');
    expect(formatCidr(parseNet('2001:db8::5')!)).toBe('2001:db8::5/128');
  });

  it.each`
    address          | unique   | link     | global
    ${'fd00::1'}     | ${true}  | ${false} | ${false}
    ${'fc00::'}      | ${true}  | ${false} | ${false}
    ${'fe80::1'}     | ${false} | ${true}  | ${false}
    ${'febf::1'}     | ${false} | ${true}  | ${false}
    ${'fec0::1'}     | ${false} | ${false} | ${false}
    ${'2001:db8::1'} | ${false} | ${false} | ${true}
    ${'10.0.0.1'}    | ${false} | ${false} | ${false}
  `('knows the scope of $address', ({ address, unique, link, global }) => {
    const parsed = parseAddress(address)!;

    expect([isUniqueLocal(parsed), isLinkLocal(parsed), isGlobalUnicast(parsed)]).toEqual([unique, link, global]);
  });
});
