import type { ExecOutcome } from '../../src/ports.ts';
import { cleaned, fromJson, isRecord } from './api-answer.ts';

export type ExecEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'command-not-found'; readonly detail: string }
  | { readonly kind: 'transport-failed'; readonly detail: string };

/** The status frame: how the command ended, or why the runtime could not start it. */
export function endFromStatus(text: string): ExecEnd {
  const status = fromJson(text);
  if (!isRecord(status)) return { kind: 'transport-failed', detail: 'the session ended with an unreadable status' };
  if (status.status === 'Success') return { kind: 'exited', code: 0 };

  const code = exitCodeIn(status.details);
  if (code !== null) return { kind: 'exited', code };
  const message = cleaned(typeof status.message === 'string' ? status.message : text);
  // The words are the container runtime's; the API has no code for a command that is not there.
  const isMissing = /executable file .*not found|no such file or directory|permission denied/iu.test(message);
  return { kind: isMissing ? 'command-not-found' : 'transport-failed', detail: message };
}

function exitCodeIn(details: unknown): number | null {
  if (!isRecord(details) || !Array.isArray(details.causes)) return null;
  const cause = details.causes.find((each) => isRecord(each) && each.reason === 'ExitCode');
  return isRecord(cause) && /^\d+$/u.test(String(cause.message)) ? Number(cause.message) : null;
}

/** `Success` and even exit code 0 without the script's last line is a run that was cut short. */
export function outcomeOf(
  end: ExecEnd,
  { stdout, stderr, ms, endMarker }: { stdout: string; stderr: string; ms: number; endMarker: string },
): ExecOutcome {
  if (end.kind === 'command-not-found') return end;
  if (end.kind === 'transport-failed') return { ...end, stdout };
  const isWhole = stdout.trimEnd().split('\n').at(-1) === endMarker;
  if (end.code === 0 && !isWhole)
    return { kind: 'truncated', detail: 'the session ended before the script did', stdout };
  return { kind: 'exited', code: end.code, stdout, stderr, ms };
}
