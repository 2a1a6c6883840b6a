import type { ClusterSession, ExecTarget } from '../../src/ports.ts';
import type { Door } from './door.ts';
import { openExec } from './exec.ts';
import type { ExecSlots } from './exec-slots.ts';
import { restClient } from './rest.ts';

export interface SessionDeps {
  readonly door: Door;
  readonly slots: ExecSlots;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

/** One run's requests, counted. */
export function openSession({ door, slots, userAgent, signal }: SessionDeps): ClusterSession {
  let apiRequests = 0;
  let execs = 0;
  const run = {};
  const { read, list } = restClient({
    door,
    userAgent,
    signal,
    onRequest: () => {
      apiRequests += 1;
    },
  });

  return {
    get: (path) => read({ method: 'GET', path }),
    list,
    exec(target: ExecTarget, argv, options) {
      const onRequest = (): void => {
        apiRequests += 1;
        execs += 1;
      };
      const enter = () => slots.acquire(run, signal);
      return openExec({ door, userAgent, signal, enter, onRequest }, target, argv, options);
    },
    cost: () => ({ execs, apiRequests }),
  };
}
