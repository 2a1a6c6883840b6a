import type { Network } from '../contract.ts';
import type { Resource } from './resources.ts';
import type { Store } from './store.ts';

/** Kinds that no packet filter is made of. */
const inert = new Set(['Event', 'ConfigMap', 'Secret', 'Job', 'CronJob', 'APIService', 'EndpointSlice', 'Endpoints']);

export interface Enforcement {
  /** Resolves when packets obey the last change; rejects if programming it failed. */
  settled(): Promise<void>;
  /** While it holds, changes are stored and not enforced: what a Felix that hangs looks like. */
  holdEnforcement: boolean;
  stop(): void;
}

/** What Felix does: follows the objects, one programming run at a time, the newest state only. */
export function enforceOnChange(store: Store, network: Network): Enforcement {
  let running: Promise<void> = Promise.resolve();
  let isQueued = false;
  let isHeld = false;

  const program = () => {
    if (isQueued) return;
    isQueued = true;
    const previous = running;
    running = previous
      .catch(() => undefined)
      .then(async () => {
        isQueued = false;
        await network.enforce(store.all());
      });
    // A failure belongs to whoever waits for it; where nobody does it must not be silent either.
    running.catch((error: unknown) => process.emitWarning(`The lab's network was not programmed: ${String(error)}`));
  };
  const matters = ({ kind }: Resource) => !inert.has(kind);
  const stop = store.onChange(({ resource }) => {
    if (matters(resource) && !isHeld) program();
  });

  return {
    settled: () => running,
    get holdEnforcement() {
      return isHeld;
    },
    set holdEnforcement(value) {
      isHeld = value;
      if (!value) program();
    },
    stop,
  };
}
