import { describe, expect, it } from 'vitest';
import { parseDestination, parseRequest } from '../../src/jobs/parse-target.ts';

const pod = (namespace: string, name: string) => ({ kind: 'pod', namespace, name });

describe('jobs/parse-target', () => {
  it.each`
    text                                          | cluster   | target                                                                           | destination
    ${'shop/checkout-7d9f'}                       | ${null}   | ${pod('shop', 'checkout-7d9f')}                                                  | ${null}
    ${'  shop/checkout   to   example.com '}      | ${null}   | ${pod('shop', 'checkout')}                                                       | ${{ host: 'example.com', port: 443 }}
    ${'prod:shop/web.0'}                          | ${'prod'} | ${pod('shop', 'web.0')}                                                          | ${null}
    ${'shop/deploy/checkout'}                     | ${null}   | ${{ kind: 'workload', namespace: 'shop', workload: 'deploy', name: 'checkout' }} | ${null}
    ${'shop/statefulset/db to 2001:DB8:0:0::1'}   | ${null}   | ${{ kind: 'workload', namespace: 'shop', workload: 'sts', name: 'db' }}          | ${{ host: '2001:db8::1', port: 443 }}
    ${'prod:shop/job/load to [2001:db8::1]:8443'} | ${'prod'} | ${{ kind: 'workload', namespace: 'shop', workload: 'job', name: 'load' }}        | ${{ host: '2001:db8::1', port: 8443 }}
    ${'shop/checkout to API.Example.com.:8080'}   | ${null}   | ${pod('shop', 'checkout')}                                                       | ${{ host: 'api.example.com', port: 8080 }}
    ${'prod:node/worker-1.example'}               | ${'prod'} | ${{ kind: 'node', name: 'worker-1.example' }}                                    | ${null}
    ${'nodes/worker-1 to example.com'}            | ${null}   | ${{ kind: 'node', name: 'worker-1' }}                                            | ${{ host: 'example.com', port: 443 }}
  `('reads "$text"', ({ text, cluster, target, destination }) => {
    expect(parseRequest(text)).toEqual({ ok: true, cluster, target, destination });
  });

  it.each`
    text                             | quoted
    ${''}                            | ${'Nothing was named'}
    ${'checkout'}                    | ${'"checkout"'}
    ${'a/b/c/d'}                     | ${'"a/b/c/d"'}
    ${'/checkout'}                   | ${'""'}
    ${'shop/'}                       | ${'""'}
    ${'Shop/checkout'}               | ${'"Shop"'}
    ${'shop/check_out'}              | ${'"check_out"'}
    ${'shop/../../secrets'}          | ${'"shop/../../secrets"'}
    ${'shop/..'}                     | ${'".."'}
    ${'shop/constructor/x'}          | ${'"constructor"'}
    ${'shop/cronjob/x'}              | ${'"cronjob"'}
    ${'no_de:shop/x'}                | ${'"no_de"'}
    ${'node/Worker_1'}               | ${'"Worker_1"'}
    ${'node/a/b/c'}                  | ${'"node/a/b/c"'}
    ${'shop/a b'}                    | ${'"b"'}
    ${'shop/a to'}                   | ${'missing'}
    ${'shop/a to b c'}               | ${'"c"'}
    ${'shop/a to 192.0.2.1'}         | ${'"192.0.2.1"'}
    ${'shop/a to 192.0.2.1:80'}      | ${'"192.0.2.1"'}
    ${'shop/a to 2001:db8::g'}       | ${'"2001:db8::g"'}
    ${'shop/a to fe80::1%eth0'}      | ${'"fe80::1%eth0"'}
    ${'shop/a to [2001:db8::1]:0'}   | ${'"0"'}
    ${'shop/a to example.com:65536'} | ${'"65536"'}
    ${'shop/a to example.com:ssh'}   | ${'"ssh"'}
    ${'shop/a to $(reboot)'}         | ${'"$(reboot)"'}
    ${'shop/a to [2001:db8::1]x'}    | ${'"[2001:db8::1]x"'}
    ${'shop/\u001b[31mred'}          | ${'"[31mred"'}
  `('refuses "$text" and quotes what was wrong', ({ text, quoted }) => {
    const parsed = parseRequest(text);

    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.problem).toContain(quoted);
    expect(parsed.ok ? '' : parsed.problem).toMatch(/Write it like this: \S/u);
  });

  it('quotes no more than a line of what was typed', () => {
    const parsed = parseRequest(`shop/${'X'.repeat(5_000)}`);

    expect(parsed.ok ? '' : parsed.problem).toMatch(/^"X{57}…" cannot be the name of a pod\. .{0,100}$/u);
  });

  it('takes an address that merely embeds an IPv4 address', () => {
    expect(parseDestination('64:ff9b::192.0.2.33')).toEqual({
      ok: true,
      value: { host: '64:ff9b::c000:221', port: 443 },
    });
  });
});
