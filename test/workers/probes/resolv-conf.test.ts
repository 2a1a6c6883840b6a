import { describe, expect, it } from 'vitest';
import { resolvConf } from '../../../workers/probes/resolv-conf.ts';
import { parsed } from './seeing.ts';

describe('workers/probes/resolv-conf', () => {
  it('reads name servers of both families and nothing else', () => {
    const text =
      '# nameserver 192.0.2.9\nsearch shop.svc\nnameserver fd00:10:96::a\n nameserver\t10.96.0.10 # here\nnameserver fe80::1%eth0\nnameserver dns.example\nnameserver\noptions ndots:5\n';

    expect(parsed(resolvConf, text)).toEqual(['fd00:10:96::a', '10.96.0.10', 'fe80::1%eth0']);
    expect(parsed(resolvConf, '')).toEqual([]);
  });
});
