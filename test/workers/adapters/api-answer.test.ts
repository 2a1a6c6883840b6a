import { describe, expect, it } from 'vitest';
import { cleaned, messageIn, refusalFrom } from '../../../workers/adapters/api-answer.ts';

const status = (message: string) => JSON.stringify({ kind: 'Status', status: 'Failure', message });

describe('workers/adapters/api-answer', () => {
  it.each`
    code   | text                        | reason
    ${400} | ${status('bad')}            | ${'invalid'}
    ${401} | ${status('Unauthorized')}   | ${'unauthorized'}
    ${403} | ${status('forbidden')}      | ${'forbidden'}
    ${404} | ${status('not found')}      | ${'not-found'}
    ${404} | ${'404 page not found\n'}   | ${'absent-api'}
    ${409} | ${status('already exists')} | ${'conflict'}
    ${410} | ${status('expired')}        | ${'unavailable'}
    ${415} | ${status('media type')}     | ${'invalid'}
    ${422} | ${status('is invalid')}     | ${'invalid'}
    ${429} | ${'Too many requests'}      | ${'throttled'}
    ${500} | ${'rpc error'}              | ${'unavailable'}
    ${503} | ${status('shutting down')}  | ${'unavailable'}
    ${504} | ${status('Timeout')}        | ${'unavailable'}
  `('reads $code with $text as $reason', ({ code, text, reason }) => {
    expect(refusalFrom({ status: code, headers: {}, text })).toMatchObject({ ok: false, reason, status: code });
  });

  it.each`
    text                                          | message
    ${status('pods "a" is forbidden: User "b"…')} | ${'pods "a" is forbidden: User "b"…'}
    ${'Too many requests, please try later.\n'}   | ${'Too many requests, please try later.'}
    ${'{"message": 5}'}                           | ${'{"message": 5}'}
    ${'[1]'}                                      | ${'[1]'}
    ${''}                                         | ${'HTTP 500'}
  `('says $message for $text', ({ text, message }) => {
    expect(refusalFrom({ status: 500, headers: {}, text }).message).toBe(message);
  });

  it('puts words of the server on one line without control characters, and ends them', () => {
    expect(cleaned('a\n\n b\u001b[31m\u202ec\u0000 ')).toBe('a b [31m c');
    expect(cleaned('x'.repeat(500))).toHaveLength(500);
    expect(cleaned('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(messageIn(status('a\u0007b'))).toBe('a b');
  });
});
