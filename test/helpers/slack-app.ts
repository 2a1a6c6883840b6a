import type { App, Receiver } from '@slack/bolt';

export interface SlackSide {
  readonly receiver: Receiver;
  /** Hands Bolt what Slack would send; resolves to the acknowledgements once every listener is done. */
  deliver(body: Record<string, unknown>, acknowledgements?: unknown[]): Promise<unknown[]>;
}

/** A receiver that is only a function, for Bolt's own App: no port, no socket, no signature. */
export function slackSide(): SlackSide {
  let app: App | undefined;
  return {
    receiver: {
      init: (given) => {
        app = given;
      },
      start: async () => {},
      stop: async () => {},
    },
    async deliver(body, acknowledgements = []) {
      await app!.processEvent({ body, ack: async (response) => void acknowledgements.push(response ?? null) });
      return acknowledgements;
    },
  };
}
