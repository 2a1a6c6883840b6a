import { createRates, type Rates } from './rates.ts';

/** The trouble that a test or a demonstration can order from the workspace. `*` stands for every method. */
export interface Switches {
  /** Answers the next calls with 429 and Retry-After; they have no effect. */
  rateLimit(method: string, options?: { readonly times?: number; readonly retryAfterSeconds?: number }): void;
  /** Answers the next calls with this error; they have no effect. */
  fail(method: string, error: string, times?: number): void;
  /** Performs the next calls, then cuts the connection instead of answering. */
  loseAnswer(method: string, times?: number): void;
  /** Holds every call back for so long before it has any effect; 0 ends it. */
  delay(method: string, ms: number): void;
  /** Delivers each of the next payloads a second time, marked as a retry. */
  deliverTwice(times?: number): void;
  /** Holds the app to Slack's published rates from now on, as Slack always does. */
  enforceRates(): void;
  reset(): void;
}

export type Fate =
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'lost' }
  | undefined;

export interface Trouble extends Switches {
  /** What becomes of a call to this method, to this channel where the method is about one. */
  fateOf(method: string, channel?: string): Fate;
  delayOf(method: string): number;
  takeDuplicate(): boolean;
}

export function createTrouble(now: () => number): Trouble {
  let fates: { readonly method: string; readonly fate: Fate; left: number }[] = [];
  const delays = new Map<string, number>();
  let duplicates = 0;
  let rates: Rates | undefined;

  const order = (method: string, fate: Fate, times: number): void => void fates.push({ method, fate, left: times });

  return {
    rateLimit: (method, { times = 1, retryAfterSeconds = 1 } = {}) =>
      order(method, { kind: 'limited', retryAfterSeconds }, times),
    fail: (method, error, times = 1) => order(method, { kind: 'failed', error }, times),
    loseAnswer: (method, times = 1) => order(method, { kind: 'lost' }, times),
    delay: (method, ms) => void delays.set(method, ms),
    deliverTwice: (times = 1) => {
      duplicates += times;
    },
    enforceRates: () => {
      rates = createRates(now);
    },
    reset: () => {
      rates = undefined;
      fates = [];
      delays.clear();
      duplicates = 0;
    },

    fateOf(method, channel) {
      const next = fates.find((each) => each.left > 0 && (each.method === method || each.method === '*'));
      if (next) next.left -= 1;
      if (next) return next.fate;
      const retryAfterSeconds = rates?.spend(method, channel);
      return retryAfterSeconds ? { kind: 'limited', retryAfterSeconds } : undefined;
    },
    delayOf: (method) => delays.get(method) ?? delays.get('*') ?? 0,
    takeDuplicate: () => {
      if (duplicates === 0) return false;
      duplicates -= 1;
      return true;
    },
  };
}
