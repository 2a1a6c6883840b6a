import { describe, expect, it } from 'vitest';
import { CredentialsError, codeOf, hostOf, inTime, sayFailure } from '../../../workers/adapters/door.ts';

const server = 'https://api.example:6443/k8s/clusters/c-1';
const withCode = (code: unknown) => Object.assign(new Error('secret words'), { code });

describe('workers/adapters/door', () => {
  it.each`
    code                                    | says
    ${'ECONNREFUSED'}                       | ${'refuses connections'}
    ${'ENOTFOUND'}                          | ${'does not resolve'}
    ${'EAI_AGAIN'}                          | ${'does not resolve'}
    ${'UND_ERR_CONNECT_TIMEOUT'}            | ${'does not answer'}
    ${'ETIMEDOUT'}                          | ${'does not answer'}
    ${'ENETUNREACH'}                        | ${'no way to'}
    ${'EHOSTUNREACH'}                       | ${'no way to'}
    ${'DEPTH_ZERO_SELF_SIGNED_CERT'}        | ${'is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'}
    ${'UNABLE_TO_VERIFY_LEAF_SIGNATURE'}    | ${'is not trusted'}
    ${'ERR_TLS_CERT_ALTNAME_INVALID'}       | ${'is not trusted'}
    ${'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'}     | ${'does not accept our certificate'}
    ${'EPROTO'}                             | ${'speaks no TLS that we understand'}
    ${'ERR_SSL_WRONG_VERSION_NUMBER'}       | ${'speaks no TLS that we understand'}
    ${'ECONNRESET'}                         | ${'broke off (ECONNRESET)'}
    ${undefined}                            | ${'broke off'}
    ${'odd words with a token of somebody'} | ${'broke off'}
  `('says "$says" for $code, with the host and nothing of the error', ({ code, says }) => {
    const said = sayFailure({ server }, withCode(code));

    expect(said).toContain(says);
    expect(said).toContain('api.example:6443');
    expect(said).not.toMatch(/secret|clusters|token/);
  });

  it.each([
    [{ cause: { code: 'ECONNREFUSED' } }],
    [{ errors: [{ code: 'ECONNREFUSED' }, { code: 'ENETUNREACH' }] }],
    [{ code: 5, cause: { errors: [{ code: 'ECONNREFUSED' }] } }],
  ])('finds the code in %j', (error) => {
    expect(codeOf(error)).toBe('ECONNREFUSED');
  });

  it('finds no code where there is none', () => {
    expect([null, 'ECONNREFUSED', {}, new Error('x')].map(codeOf)).toEqual([null, null, null, null]);
    expect(hostOf('nonsense')).toBe('an unreadable address');
  });

  it('waits for credentials until the deadline or the end of the run, whichever is first', async () => {
    const never = new Promise<string>(() => undefined);
    const stop = new AbortController();
    const { signal } = stop;

    expect(await inTime(Promise.resolve('here'), signal, 1_000)).toBe('here');
    await expect(inTime(never, signal, 20)).rejects.toThrow(CredentialsError);
    const stopped = inTime(never, signal, 60_000);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    await expect(inTime(never, signal, 60_000)).rejects.toThrow('stopped');
  });
});
