/**
 * No more execs at once than the cluster may be asked for. A run holds places for two, because its node probe waits for
 * its pod probe: runs that each held one and waited for another would wait for ever. So there is room for two at least.
 */
export class ExecSlots {
  readonly #capacity: number;
  #taken = 0;
  readonly #holders = new Map<object, number>();
  readonly #waiting: { readonly run: object; readonly enter: () => void }[] = [];

  constructor(maxInFlight: number) {
    this.#capacity = Math.max(1, Math.floor(maxInFlight / 2));
  }

  /** Resolves to the function that gives the place back; rejects when `signal` aborts first. */
  async acquire(run: object, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const held = this.#holders.get(run) ?? 0;
    if (held === 1 || (held === 0 && this.#taken < this.#capacity)) {
      this.#enter(run);
      return this.#release(run);
    }

    await new Promise<void>((resolve, reject) => {
      const entry = {
        run,
        enter: () => {
          signal.removeEventListener('abort', onAbort);
          this.#enter(run);
          resolve();
        },
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(entry);
    });
    return this.#release(run);
  }

  #enter(run: object): void {
    const held = this.#holders.get(run) ?? 0;
    if (held === 0) this.#taken += 1;
    this.#holders.set(run, held + 1);
  }

  #release(run: object): () => void {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const held = (this.#holders.get(run) ?? 1) - 1;
      if (held > 0) this.#holders.set(run, held);
      else {
        this.#holders.delete(run);
        this.#taken -= 1;
      }
      this.#admit();
    };
  }

  #admit(): void {
    for (const entry of [...this.#waiting]) {
      const held = this.#holders.get(entry.run) ?? 0;
      if (held === 1 || (held === 0 && this.#taken < this.#capacity)) {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        entry.enter();
      }
    }
  }
}
