import { describe, expect, it } from 'vitest';
import { endFromStatus, outcomeOf } from '../../../workers/adapters/exec-status.ts';

const exit = (code: unknown) =>
  JSON.stringify({
    ...{ status: 'Failure', reason: 'NonZeroExitCode', message: 'command terminated with exit code' },
    details: { causes: [{ reason: 'Other' }, { reason: 'ExitCode', message: code }] },
  });
const runtime = (message: string) => JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code: 500 });
const end = { endMarker: '@@n end', stderr: 'warned', ms: 7 };

describe('workers/adapters/exec-status', () => {
  it.each`
    text                                    | expected
    ${'{"metadata":{},"status":"Success"}'} | ${{ kind: 'exited', code: 0 }}
    ${exit('3')}                            | ${{ kind: 'exited', code: 3 }}
    ${exit('137')}                          | ${{ kind: 'exited', code: 137 }}
  `('reads $expected', ({ text, expected }) => {
    expect(endFromStatus(text)).toEqual(expected);
  });

  it.each([
    'OCI runtime exec failed: … exec: "sh": executable file not found in $PATH',
    'OCI runtime exec failed: … exec: "/bin/sh": stat /bin/sh: no such file or directory',
    'OCI runtime exec failed: … exec: "/etc": permission denied',
    'executable file `sh` not found in $PATH: No such file or directory',
  ])('takes "%s" for a command that is not there', (message) => {
    expect(endFromStatus(runtime(message))).toEqual({ kind: 'command-not-found', detail: message });
  });

  it.each([
    [runtime('task 1234 not found'), 'task 1234 not found'],
    // Not a number is not 0.
    [exit(''), 'command terminated with exit code'],
    [exit('1.5'), 'command terminated with exit code'],
    ['{"status":"Failure"}', '{"status":"Failure"}'],
    ['not JSON', 'the session ended with an unreadable status'],
    ['[]', 'the session ended with an unreadable status'],
  ])('takes %s for a failed session', (text, detail) => {
    expect(endFromStatus(text)).toEqual({ kind: 'transport-failed', detail });
  });

  it.each`
    situation                      | code | stdout                   | kind
    ${'the marker last'}           | ${0} | ${'a\n@@n end\n'}        | ${'exited'}
    ${'the marker without a line'} | ${0} | ${'@@n end'}             | ${'exited'}
    ${'no marker'}                 | ${0} | ${'a\n'}                 | ${'truncated'}
    ${'nothing at all'}            | ${0} | ${''}                    | ${'truncated'}
    ${'half a marker'}             | ${0} | ${'a\n@@n e'}            | ${'truncated'}
    ${'the marker amid a line'}    | ${0} | ${'a @@n end\n'}         | ${'truncated'}
    ${'the marker before more'}    | ${0} | ${'@@n end\nafterwards'} | ${'truncated'}
    ${'a failure of its own'}      | ${3} | ${'a\n'}                 | ${'exited'}
  `('is $kind with $situation', ({ code, stdout, kind }) => {
    expect(outcomeOf({ kind: 'exited', code }, { ...end, stdout })).toMatchObject({ kind, stdout });
  });

  it('keeps what was printed when the session failed', () => {
    const failed = { kind: 'transport-failed', detail: 'gone' } as const;

    expect(outcomeOf(failed, { ...end, stdout: 'a' })).toEqual({ ...failed, stdout: 'a' });
    expect(outcomeOf({ kind: 'exited', code: 0 }, { ...end, stdout: '@@n end' })).toEqual({
      ...{ kind: 'exited', code: 0, stdout: '@@n end', stderr: 'warned', ms: 7 },
    });
  });
});
