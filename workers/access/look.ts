import { randomBytes } from 'node:crypto';
import type { Failure } from '../../src/evidence/observation.ts';
import type { Frame } from '../probes/frames.ts';

/** What came of one probe: its sections, and why others are missing. */
export interface Look {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly missing: Failure;
  /** Where it ran, for a finding's reader: `pod probe in container app`. */
  readonly by: string;
  readonly ms: number;
}

/** One address to connect to, as both scripts take it. */
export interface Destination {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

/** How long one connect may take: a dead neighbour answers after 3.07 s. */
export const connectSeconds = 4;

/** Frames the sections: nothing that a pod could print by chance or on purpose. */
export function newNonce(): string {
  return randomBytes(9).toString('hex');
}

/** `family:attempts:port:address`. */
export function destinationWords(destinations: readonly Destination[], attemptsEach: number): string[] {
  return destinations.map(({ family, address, port }) => `${family}:${attemptsEach}:${port}:${address}`);
}

export function nothingSeen(missing: Failure, by: string): Look {
  return { frames: new Map(), missing, by, ms: 0 };
}
