import { describe, expect, it } from 'vitest';
import { podNames } from '../../../workers/probes/names.ts';
import { parsed } from './seeing.ts';

const server = 'Server: 10.96.0.10 Address: 10.96.0.10:53';

describe('workers/probes/names', () => {
  // busybox 1.35 and BIND 9.18 nslookup, getent of glibc 2.36 and musl 1.2.5; each on one line, as the script prints it.
  it.each`
    line                                                                                                  | family | outcome           | addresses
    ${`AAAA nslookup 0 ${server} Non-authoritative answer: Name: api.example Address: 2001:DB8::1`}       | ${6}   | ${'answered'}     | ${['2001:db8::1']}
    ${`A nslookup 0 ${server} Name: api.example Address: 192.0.2.1 Name: api.example Address: 192.0.2.2`} | ${4}   | ${'answered'}     | ${['192.0.2.1', '192.0.2.2']}
    ${`AAAA nslookup 0 ${server} Non-authoritative answer: *** Can't find api.example.: No answer`}       | ${6}   | ${'none'}         | ${[]}
    ${`AAAA nslookup 0 Server: fd96::a Address: fd96::a#53 Non-authoritative answer: *** No answer`}      | ${6}   | ${'none'}         | ${[]}
    ${`AAAA nslookup 0 Server: fd96::a Address: [fd96::a]:53`}                                            | ${6}   | ${'none'}         | ${[]}
    ${`AAAA nslookup 1 ${server} ** server can't find api.example.: NXDOMAIN`}                            | ${6}   | ${'no-such-name'} | ${[]}
    ${`AAAA nslookup 1 ${server} ** server can't find api.example.: SERVFAIL`}                            | ${6}   | ${'refused'}      | ${[]}
    ${'AAAA nslookup 1 ;; connection timed out; no servers could be reached'}                             | ${6}   | ${'timeout'}      | ${[]}
    ${'AAAA nslookup 143 '}                                                                               | ${6}   | ${'timeout'}      | ${[]}
    ${'A nslookup 1 nslookup: something new'}                                                             | ${4}   | ${'failed'}       | ${[]}
    ${'AAAA getent 0 2001:db8::1 STREAM api.example 2001:db8::1 DGRAM 2001:db8::1 RAW'}                   | ${6}   | ${'answered'}     | ${['2001:db8::1']}
    ${'AAAA getent 0 ::ffff:192.0.2.1 STREAM api.example'}                                                | ${6}   | ${'none'}         | ${[]}
    ${'A getent 0 192.0.2.1 STREAM api.example'}                                                          | ${4}   | ${'answered'}     | ${['192.0.2.1']}
    ${'AAAA getent 2 '}                                                                                   | ${6}   | ${'not-found'}    | ${[]}
  `('reads $outcome from $line', ({ line, family, outcome, addresses }) => {
    expect(parsed(podNames, `name ${line}\n6 ::1 443 1 nc-e 0 1 `)).toMatchObject([{ family, outcome, addresses }]);
  });

  it('has nothing where no name was asked about', () => {
    expect(parsed(podNames, '6 ::1 443 1 nc-e 0 1 ')).toEqual([]);
  });

  it.each(['A getent 127 sh: getent: not found', 'A nslookup 1 nslookup: invalid option -- t'])(
    'says of "%s" that it is no use',
    (line) => {
      expect(parsed(podNames, `name ${line}`)).toMatch(/^TOOL_MISSING connects: /);
    },
  );

  it('is puzzled by another tool', () => {
    expect(parsed(podNames, 'name A dig 0 x')).toBe('UNPARSABLE connects: not a question: name A dig 0 x');
  });
});
