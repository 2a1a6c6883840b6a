import { type Failure, failed } from '../../src/evidence/observation.ts';
import type { ExecOutcome } from '../../src/ports.ts';

/** Why a probe has no more sections than it has: the way its session ended. */
export function failureOf(outcome: ExecOutcome, what: string): Failure {
  switch (outcome.kind) {
    case 'exited': {
      const said = lastLine(outcome.stderr) || lastLine(outcome.stdout);
      const why = outcome.code === 0 ? 'without this part' : `with exit code ${outcome.code}`;
      return failed('TRUNCATED', `${what} ended ${why}${said && outcome.code !== 0 ? `: ${said}` : ''}`);
    }
    case 'command-not-found':
      return failed('TOOL_MISSING', `${what}: the container has no shell`);
    case 'refused': {
      const isForbidden = outcome.status === 401 || outcome.status === 403 || outcome.status === 422;
      // A missing `create` is refused with a message that ends before its reason.
      const need = outcome.status === 403 ? ' (it takes get and create on pods/exec)' : '';
      return failed(isForbidden ? 'EXEC_REFUSED' : 'EXEC_TRANSPORT', `${what} was refused: ${outcome.detail}${need}`);
    }
    case 'timed-out':
      return failed('TIMED_OUT', `${what} did not end within ${Math.round(outcome.afterMs / 1_000)} s`);
    case 'transport-failed':
      return failed('EXEC_TRANSPORT', `${what}: ${outcome.detail}`);
    case 'truncated':
      return failed('TRUNCATED', `${what}: ${outcome.detail}`);
    case 'output-capped':
      return failed('OUTPUT_CAPPED', `${what} printed more than ${outcome.bytes} bytes`);
    case 'aborted':
      return failed('NOT_ATTEMPTED', `${what} was stopped`);
  }
}

/** Whatever arrived counts: a run that was cut short still has its first sections. */
export function outputOf(outcome: ExecOutcome): string {
  return 'stdout' in outcome ? outcome.stdout : '';
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)?.replace(/\p{C}/gu, '') ?? '';
  return line.startsWith('@@') ? '' : line.slice(0, 160);
}
