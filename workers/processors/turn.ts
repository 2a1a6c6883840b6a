/** What a processor knows of its own attempt. */
export interface Turn {
  readonly signal: AbortSignal;
  /** No further attempt follows, so that whoever waits must be told now. */
  readonly isLast: boolean;
}
