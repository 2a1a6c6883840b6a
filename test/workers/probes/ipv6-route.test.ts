import { describe, expect, it } from 'vitest';
import { ipv6Route } from '../../../workers/probes/ipv6-route.ts';
import { parsed } from './seeing.ts';

const zero = '0'.repeat(32);
const row = (to: string, length: string, hop: string, metric: string, flags: string, device: string) =>
  `${to} ${length} ${zero} 00 ${hop} ${metric} 00000001 00000000 ${flags}       ${device}`;

// Linux 6.18.
const recorded = [
  row('20010db8000100000000000000000000', '40', zero, '00000400', '00200200', 'lo'),
  row('20010db8000900000000000000000000', '40', 'fd00000b000000000000000000000009', '00000400', '00000003', 'v0'),
  row('fd00000b000000000000000000000000', '40', zero, '00000100', '00000001', 'v0'),
  row(zero, '00', 'fe800000000000000000000000000001', '00000400', '00450003', 'v0'),
  row('fd00000b000000000000000000000001', '80', zero, '00000000', '80200001', 'v0'),
  row('fd00000b000000000000000000000000', '80', zero, '00000000', '80300001', 'v0'),
  row('ff000000000000000000000000000000', '08', zero, '00000100', '00000001', 'v0'),
  row(zero, '00', zero, 'ffffffff', '00200200', 'lo'),
].join('\n');

const common = { gateway: null, device: 'v0', protocol: null, table: null, expiresSeconds: null };

describe('workers/probes/ipv6-route', () => {
  it('reads routes, and passes over the null entry that every namespace has', () => {
    expect(parsed(ipv6Route, recorded)).toEqual([
      { ...common, destination: '2001:db8:1::/64', type: 'reject', device: 'lo', metric: 1024 },
      { ...common, destination: '2001:db8:9::/64', type: 'unicast', gateway: 'fd00:b::9', metric: 1024 },
      { ...common, destination: 'fd00:b::/64', type: 'unicast', metric: 256 },
      { ...common, destination: 'default', type: 'unicast', gateway: 'fe80::1', metric: 1024, protocol: 'ra' },
      { ...common, destination: 'fd00:b::1/128', type: 'local', metric: 0 },
      { ...common, destination: 'fd00:b::/128', type: 'local', metric: 0 },
      { ...common, destination: 'ff00::/8', type: 'multicast', metric: 256 },
    ]);
  });

  it('keeps a default that rejects and is somebody’s', () => {
    expect(parsed(ipv6Route, row(zero, '00', zero, '00000400', '00200200', 'lo'))).toMatchObject([
      { destination: 'default', type: 'reject' },
    ]);
  });

  it('tells an anycast address by its flag', () => {
    expect(
      parsed(ipv6Route, row('fd00000b000000000000000000000000', '80', zero, '00000000', '00300001', 'v0')),
    ).toMatchObject([{ type: 'anycast' }]);
  });

  it.each([
    'cat: no',
    recorded.slice(0, 100),
    row(zero, 'xx', zero, '0', '0', 'lo'),
    row('zz', '00', zero, '0', '0', 'lo'),
  ])('takes "%s" for nothing that it knows', (text) => {
    expect(parsed(ipv6Route, text)).toMatch(/^UNPARSABLE ipv6_route: not a/);
  });
});
