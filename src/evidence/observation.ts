/** Why something was not seen. A probe that could not run is never the same as a probe that saw nothing. */
export type FailureCode =
  | 'NOT_ATTEMPTED'
  | 'TOOL_MISSING'
  | 'EXEC_REFUSED'
  | 'EXEC_TRANSPORT'
  | 'TIMED_OUT'
  | 'TRUNCATED'
  | 'OUTPUT_CAPPED'
  | 'UNPARSABLE'
  | 'READ_REFUSED'
  | 'API_ABSENT';

export interface Failure {
  readonly status: 'failed';
  readonly code: FailureCode;
  /** One line for the person who reads the finding: what was tried and what answered. */
  readonly detail: string;
}

export type Observation<T> =
  /** `by` names the probe or read and where it ran: `pod probe in container app`. */
  { readonly status: 'observed'; readonly value: T; readonly by: string } | Failure;

export function observed<T>(value: T, by: string): Observation<T> {
  return { status: 'observed', value, by };
}

export function failed(code: FailureCode, detail: string): Failure {
  return { status: 'failed', code, detail };
}

/** The observed value, or null: where both kinds of absence mean the same. */
export function observedIn<T>(observation: Observation<T> | undefined): T | null {
  return observation?.status === 'observed' ? observation.value : null;
}
