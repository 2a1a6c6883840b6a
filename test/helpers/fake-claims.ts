import type { Claims } from '../../src/ports.ts';

export interface FakeClaims extends Claims {
  /** Seconds by key; taking one away is what time does. */
  readonly taken: Map<string, number>;
}

export function fakeClaims(): FakeClaims {
  const taken = new Map<string, number>();
  return {
    taken,
    async claimOnce(key, ttlSeconds) {
      if (taken.has(key)) return false;
      taken.set(key, ttlSeconds);
      return true;
    },
  };
}
