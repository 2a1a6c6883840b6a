import { describe, expect, it } from 'vitest';
import { nodeConnects, podConnects } from '../../../workers/probes/connects.ts';
import { parsed, seeing } from './seeing.ts';

const line = (words: string) => `6 2001:db8::1 443 1 ${words}`;

describe('workers/probes/connects', () => {
  // What busybox 1.35.0, bash 5.2, perl 5.36, python 3.11, node 24 and openssl 3.0 print on Linux 6.18, and what others are known to.
  it.each`
    words                                                                                            | outcome            | tool
    ${'bash 0 12 '}                                                                                  | ${'connected'}     | ${'bash'}
    ${'bash 1 0 bash: connect: Connection refused bash: line 1: /dev/tcp/::1/1: Connection refused'} | ${'ECONNREFUSED'}  | ${'bash'}
    ${'bash 1 10 bash: connect: Network is unreachable bash: line 1: /dev/tcp/2001:db8::1/443: …'}   | ${'ENETUNREACH'}   | ${'bash'}
    ${'bash 143 4010 '}                                                                              | ${'TIMEOUT'}       | ${'bash'}
    ${'bash 124 4000 '}                                                                              | ${'TIMEOUT'}       | ${'bash'}
    ${'bash 1 10 bash: connect: No route to host bash: line 1: …'}                                   | ${'EHOSTUNREACH'}  | ${'bash'}
    ${'bash 1 0 bash: connect: Cannot assign requested address'}                                     | ${'EADDRNOTAVAIL'} | ${'bash'}
    ${'bash 1 0 bash: connect: Invalid argument'}                                                    | ${'EINVAL'}        | ${'bash'}
    ${'bash 1 0 bash: connect: Operation not permitted'}                                             | ${'EPERM'}         | ${'bash'}
    ${'bash 1 0 bash: connect: Permission denied'}                                                   | ${'EACCES'}        | ${'bash'}
    ${"nc-e 1 0 nc: can't connect to remote host (127.0.0.1): Connection refused"}                   | ${'ECONNREFUSED'}  | ${'nc'}
    ${"nc-e 1 10 nc: can't connect to remote host: Host is unreachable"}                             | ${'EHOSTUNREACH'}  | ${'nc'}
    ${'nc-e 143 4000 '}                                                                              | ${'TIMEOUT'}       | ${'nc'}
    ${'nc-e 1 4000 nc: timed out'}                                                                   | ${'TIMEOUT'}       | ${'nc'}
    ${"nc-z 1 0 nc: can't connect to remote host: Address not available"}                            | ${'EADDRNOTAVAIL'} | ${'nc'}
    ${'nc-z 0 3 Connection to ::1 8080 port [tcp/*] succeeded!'}                                     | ${'connected'}     | ${'nc'}
    ${'perl 111 30 Connection refused'}                                                              | ${'ECONNREFUSED'}  | ${'perl'}
    ${'perl 110 4000 Connection timed out'}                                                          | ${'TIMEOUT'}       | ${'perl'}
    ${'python3 1 0 ENETUNREACH'}                                                                     | ${'ENETUNREACH'}   | ${'python3'}
    ${'python3 1 3804 timed out'}                                                                    | ${'TIMEOUT'}       | ${'python3'}
    ${'node 1 2 EHOSTUNREACH'}                                                                       | ${'EHOSTUNREACH'}  | ${'node'}
    ${'node 1 2 ETIMEDOUT'}                                                                          | ${'TIMEOUT'}       | ${'node'}
    ${'openssl 1 20 808B:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bi'} | ${'ECONNREFUSED'}  | ${'openssl'}
    ${'bash 137 9000 '}                                                                              | ${'TIMEOUT'}       | ${'bash'}
    ${'perl 255 3 something new'}                                                                    | ${'FAILED'}        | ${'perl'}
    ${'bash 1 3 '}                                                                                   | ${'FAILED'}        | ${'bash'}
  `('reads $outcome from $words', ({ words, outcome, tool }) => {
    expect(parsed(podConnects, line(words))).toEqual([
      { family: 6, address: '2001:db8::1', port: 443, attempt: 1, outcome, ms: Number(words.split(' ')[2]), tool },
    ]);
  });

  it('passes over what shells say of killed children', () => {
    const text = `Terminated\n${line('nc-e 143 4000 ')}\n\nKilled\n4 10.0.0.1 443 2 nc-e 0 1 \nname A getent 0 \nsent ::1 443\n`;

    expect(parsed(nodeConnects, text)).toMatchObject([{ outcome: 'TIMEOUT' }, { family: 4, attempt: 2 }]);
  });

  it.each([
    'nc: bad address',
    'nc: invalid option -- w',
    'BusyBox nc usage: …',
    'Address family not supported by protocol',
    'bash: not found',
  ])('says of a tool that prints "%s" that it is no use', (said) => {
    expect(seeing(podConnects, line(`nc-e 1 0 ${said}`))).toMatchObject({
      ...{ status: 'failed', code: 'TOOL_MISSING', detail: `connects: ${said}` },
    });
  });

  it.each`
    text                         | detail
    ${''}                        | ${'no connect was tried'}
    ${'Terminated'}              | ${'no connect was tried'}
    ${'hello\nthere'}            | ${'not a connect: hello'}
    ${'5 ::1 443 1 bash 0 1 '}   | ${'not a connect: 5 ::1 443 1 bash 0 1'}
    ${'6 ::1 443 1 bash - 1 '}   | ${'not a connect: 6 ::1 443 1 bash - 1'}
    ${'6 ::1 99999 1 bash 0 1 '} | ${/Too big: .* at 0\.port/}
  `('takes "$text" for no connects', ({ text, detail }) => {
    expect(seeing(podConnects, text)).toEqual({
      ...{ status: 'failed', code: 'UNPARSABLE', detail: expect.stringMatching(detail) },
    });
  });
});
