import { App, type Receiver } from '@slack/bolt';
import type { Logger as BoltLogger } from '@slack/logger';
import { listen } from './slack/app.ts';
import type { BotDeps } from './slack/deps.ts';

export interface Outside extends BotDeps {
  /** Where events come from: a socket, a port, or in a test a function. */
  readonly receiver: Receiver;
  readonly botToken: string;
  readonly boltLogger: BoltLogger;
}

/** The bot, given its outside world. Opens nothing. */
export function composeBot({ receiver, botToken, boltLogger, ...deps }: Outside): App {
  const app = new App({
    receiver,
    logger: boltLogger,
    // With a token alone Bolt would ask auth.test first, and answer nothing until Slack says yes.
    authorize: async () => ({ botToken }),
    convoStore: false,
  });
  listen(app, deps);
  return app;
}
