import type { App, Receiver } from '@slack/bolt';
import type { Metrics } from './metrics.ts';
import type { SlackLink } from './slack-link.ts';

/** A receiver whose events are noted as they arrive, and timed until they are acknowledged. */
export function measuredReceiver(
  receiver: Receiver,
  metrics: Pick<Metrics, 'acks' | 'ackSeconds'>,
  link: Pick<SlackLink, 'heard'>,
): Receiver {
  return {
    init(app) {
      const processEvent: App['processEvent'] = async (event) => {
        const kind = kindOf(event.body);
        const arrived = performance.now();
        let isAcknowledged = false;
        link.heard();
        const ack: typeof event.ack = async (...answer) => {
          await event.ack(...answer);
          if (isAcknowledged) return;
          isAcknowledged = true;
          metrics.acks.inc({ kind, result: 'acknowledged' });
          metrics.ackSeconds.observe({ kind }, (performance.now() - arrived) / 1_000);
        };
        try {
          await app.processEvent({ ...event, ack });
        } finally {
          if (!isAcknowledged) metrics.acks.inc({ kind, result: 'unanswered' });
        }
      };
      // A receiver calls this one method of its app.
      receiver.init(Object.create(app, { processEvent: { value: processEvent } }));
    },
    start: (...words) => receiver.start(...words),
    stop: (...words) => receiver.stop(...words),
  };
}

/** The labels of a metric are few: what nobody expects is `other`. */
function kindOf(body: Readonly<Record<string, unknown>>): 'command' | 'action' | 'other' {
  if (typeof body.command === 'string') return 'command';
  return body.type === 'block_actions' ? 'action' : 'other';
}
