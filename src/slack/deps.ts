import type { Logger } from 'pino';
import type { Claims, Clock, Jobs, People, Remediations, Runs, Threads } from '../ports.ts';
import type { Grants } from '../remediation/grants.ts';

/** The bot's outside world, as its listeners see it. */
export interface BotDeps {
  /** The clusters that may be named; the first is the default. */
  readonly clusters: readonly string[];
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly remediations: Remediations;
  readonly claims: Claims;
  readonly threads: Threads;
  readonly people: People;
  readonly grants: { current(): Grants };
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Signs approvals; the writer has the same. */
  readonly decisionKey: string;
  /** The longest that a temporary policy may live, from its creation. */
  readonly maximumMinutes: number;
}

/** Somebody who typed or pressed something, as Slack names them in the signed payload. */
export interface Asker {
  readonly user: string;
  /** The person's own team, which in a shared channel need not be ours; absent in some payloads. */
  readonly teamId: string | undefined;
  readonly channel: string;
  readonly responseUrl: string;
  /** What Slack calls them in the payload; shown, and never believed. */
  readonly name?: string | undefined;
}

/** A typed command. */
export interface Typed extends Asker {
  /** The same in every repetition of one event. */
  readonly triggerId: string;
}

/** A pressed button. */
export interface Press extends Typed {
  readonly actionId: string;
  readonly value: string;
  /** The message that the button is on; null in a view that is none. */
  readonly messageTs: string | null;
}

/** Slack repeats what it thinks was not heard for at most this long. */
export const repeatSeconds = 3_600;
