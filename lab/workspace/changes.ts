/** Tells whoever waits that something in the workspace is different now, so that nobody has to poll. */
export interface Changes {
  announce(): void;
  /** Resolves with the predicate's first truthy answer; asks again after every change. */
  waitFor<T>(predicate: () => T, timeoutMs?: number): Promise<Exclude<T, false | null | undefined | '' | 0>>;
  /** Calls after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

export function createChanges(describe: () => string): Changes {
  const waiting = new Set<() => void>();
  const listeners = new Set<() => void>();
  let closed = false;

  return {
    announce() {
      for (const ask of [...waiting]) ask();
      for (const listen of listeners) listen();
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    waitFor<T>(predicate: () => T, timeoutMs = 10_000) {
      type Found = Exclude<T, false | null | undefined | '' | 0>;
      const { promise, resolve, reject } = Promise.withResolvers<Found>();
      const expiry = setTimeout(() => {
        waiting.delete(ask);
        reject(new Error(`Nothing satisfied ${predicate} within ${timeoutMs} ms. The workspace shows:\n${describe()}`));
      }, timeoutMs);

      function ask(): void {
        try {
          if (closed) throw new Error('The workspace was closed while somebody was waiting for it');
          const found = predicate();
          if (!found) return;
          resolve(found as Found); // the falsy members of T have just been ruled out
        } catch (error) {
          reject(error);
        }
        waiting.delete(ask);
        clearTimeout(expiry);
      }

      waiting.add(ask);
      ask();
      return promise;
    },

    close() {
      closed = true;
      for (const ask of [...waiting]) ask();
    },
  };
}
