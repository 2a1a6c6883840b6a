import type { Changes } from './changes.ts';

/** One exchange between the app and Slack, for whoever wants to look over their shoulders. */
export interface Exchange {
  readonly seq: number;
  readonly at: number;
  /** Who spoke first. */
  readonly from: 'app' | 'slack';
  /** The Web API method, the kind of payload, or `response_url`. */
  readonly what: string;
  readonly note: string;
  readonly outcome: string;
  readonly isFailure: boolean;
  readonly tookMs: number;
  readonly sent: unknown;
  readonly answer: unknown;
}

export type Traffic = ReturnType<typeof createTraffic>;

const kept = 500;

export function createTraffic(now: () => number, changes: Changes) {
  const all: Exchange[] = [];
  let seq = 0;

  return {
    all: all as readonly Exchange[],

    /** Keeps no more than can be looked through. */
    note(exchange: Omit<Exchange, 'seq' | 'at'>): void {
      seq += 1;
      all.push({ ...exchange, seq, at: now() });
      if (all.length > kept) all.splice(0, all.length - kept);
      changes.announce();
    },
  };
}
