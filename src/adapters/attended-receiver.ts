import { setTimeout as pause } from 'node:timers/promises';
import type { App, Receiver } from '@slack/bolt';

export interface Attended {
  readonly receiver: Receiver;
  /** Resolves when everything that was heard has been seen to, or when the patience is over. */
  idle(patienceMs: number): Promise<void>;
}

/** A receiver that knows what is at hand, so that a bot that stops can answer it first: Slack does not send it again. */
export function attendedReceiver(receiver: Receiver): Attended {
  const atHand = new Set<Promise<void>>();

  return {
    receiver: {
      init(app) {
        const processEvent: App['processEvent'] = (event) => {
          const work = app.processEvent(event);
          atHand.add(work);
          return work.finally(() => atHand.delete(work));
        };
        // A receiver calls this one method of its app.
        receiver.init(Object.create(app, { processEvent: { value: processEvent } }));
      },
      start: (...words) => receiver.start(...words),
      stop: (...words) => receiver.stop(...words),
    },

    async idle(patienceMs) {
      const over = new AbortController();
      const late = pause(patienceMs, undefined, { signal: over.signal }).catch(() => {}); // ended below, in time
      const quiet = (async () => {
        // What comes meanwhile is waited for too.
        while (atHand.size > 0) await Promise.allSettled(atHand);
      })();
      await Promise.race([quiet, late]);
      over.abort();
    },
  };
}
