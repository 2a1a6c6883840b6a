import { setTimeout as pause } from 'node:timers/promises';
import type { StoredObject } from '../src/evidence/objects.ts';
import type { PolicyWriter } from '../src/ports.ts';
import { apiOf, type FenceLook } from './adapters/admission.ts';
import type { Log } from './processors/log.ts';

export interface FenceOptions {
  look(): Promise<readonly FenceLook[]>;
  /** Without it an open fence is said and nothing is refused. */
  readonly isRequired: boolean;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told of each API whose state is known. */
  note(api: string, isFenced: boolean): void;
  readonly everyMs?: number;
  /** While it is required and not seen to stand. */
  readonly soonMs?: number;
}

export interface Fence {
  /** Why nothing may be written with this API now; null where it may. */
  objectionTo(manifest: StoredObject): string | null;
}

/** Looks at once and every hour whether admission holds this writer to objects of our shape. */
export function keepFence(options: FenceOptions): Fence {
  const { look, isRequired, signal, log, note, everyMs = 3_600_000, soonMs = 60_000 } = options;
  const known = new Map<string, FenceLook>();

  async function lookOnce(): Promise<void> {
    for (const seen of await look()) {
      const isNews = known.get(seen.api)?.state !== seen.state;
      known.set(seen.api, seen);
      if (seen.state !== 'absent') note(seen.api, seen.state === 'admission');
      if (!isNews) continue;
      if (seen.state === 'open') log.error({ alert: true, ...seen }, 'admission does not hold this writer');
      else log.info(seen, 'admission looked at');
    }
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      await lookOnce().catch((err: unknown) => log.error({ err }, 'admission could not be looked at'));
      const states = [...known.values()].map(({ state }) => state);
      const isSettled =
        states.includes('admission') && !states.some((state) => state === 'open' || state === 'unknown');
      await pause(isRequired && !isSettled ? soonMs : everyMs, undefined, { signal }).catch(() => {}); // aborted: seen above
    }
  }

  void keep();
  return {
    objectionTo(manifest) {
      if (!isRequired) return null;
      const api = apiOf(manifest);
      if (known.get(api)?.state === 'admission') return null;
      const why = known.has(api) ? 'was not seen to refuse' : 'has not been asked yet whether it refuses';
      return `Temporary policies are off here: the cluster's admission ${why} a ${api} without an end. \`ipv6check doctor\` says more.`;
    },
  };
}

/** A writer that creates nothing where the fence is down. What stands can still be ended. */
export function fencedWriter(writer: PolicyWriter, fence: Fence): PolicyWriter {
  return {
    ...writer,
    async create(manifest, options) {
      const message = fence.objectionTo(manifest);
      if (message !== null) return { ok: false, reason: 'forbidden', status: 0, message };
      return writer.create(manifest, options);
    },
  };
}
