/** What a subcommand sees of the terminal; tests bring their own. */
export interface Terminal {
  /** Standard output: the answer, and nothing else. */
  out(text: string): void;
  /** Standard error: what a person should know besides. */
  err(text: string): void;
  readonly input: AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One subcommand, given the words after its name; resolves to the exit code. */
export type Command = (words: readonly string[], terminal: Terminal, signal: AbortSignal) => Promise<number>;

/** Exit codes of the answer, then those of sysexits.h. */
export const exitCodes = { reachable: 0, broken: 1, inconclusive: 2, usage: 64, unavailable: 69 } as const;
