import { describe, expect, it } from 'vitest';
import type { ExecOutcome } from '../../../src/ports.ts';
import { failureOf, outputOf } from '../../../workers/access/ending.ts';

const exited = { kind: 'exited', stdout: '', stderr: '', ms: 1 } as const;

describe('workers/access/ending', () => {
  it.each<[string, ExecOutcome, string, string]>([
    ['an end without the section', { ...exited, code: 0 }, 'TRUNCATED', 'without this part'],
    ['an exit code', { ...exited, code: 137, stderr: 'a\nKilled\n' }, 'TRUNCATED', 'exit code 137: Killed'],
    ['a missing shell', { kind: 'command-not-found', detail: 'exec: "sh"' }, 'TOOL_MISSING', 'no shell'],
    ['a 403', { kind: 'refused', status: 403, detail: 'pods "x" is forbidden: ' }, 'EXEC_REFUSED', 'get and create'],
    [
      'an admission policy',
      { kind: 'refused', status: 422, detail: 'denied request' },
      'EXEC_REFUSED',
      'denied request',
    ],
    ['a dead kubelet', { kind: 'refused', status: 500, detail: 'error dialing backend' }, 'EXEC_TRANSPORT', 'dialing'],
    ['a deadline', { kind: 'timed-out', afterMs: 12_000, stdout: '' }, 'TIMED_OUT', 'within 12 s'],
    ['a cut connection', { kind: 'transport-failed', detail: 'closed (1006)', stdout: '' }, 'EXEC_TRANSPORT', '1006'],
    ['a false success', { kind: 'truncated', detail: 'before the script did', stdout: '' }, 'TRUNCATED', 'before'],
    ['a flood', { kind: 'output-capped', bytes: 4_194_305, stdout: '' }, 'OUTPUT_CAPPED', '4194305 bytes'],
    ['an abort', { kind: 'aborted' }, 'NOT_ATTEMPTED', 'stopped'],
  ])('names %s', (_, outcome, code, words) => {
    const failure = failureOf(outcome, 'the pod probe');

    expect(failure).toMatchObject({ status: 'failed', code });
    expect(failure.detail).toContain('the pod probe');
    expect(failure.detail).toContain(words);
  });

  it('keeps what arrived before the end', () => {
    expect(outputOf({ kind: 'timed-out', afterMs: 1, stdout: 'so far' })).toBe('so far');
    expect(outputOf({ kind: 'aborted' })).toBe('');
  });

  it('lets no control character of a pod into a sentence', () => {
    expect(failureOf({ ...exited, code: 1, stderr: '\u001b[31mred' }, 'it').detail).toBe(
      'it ended with exit code 1: [31mred',
    );
  });
});
