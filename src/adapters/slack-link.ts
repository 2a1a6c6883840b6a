import type { Clock } from '../ports.ts';

/** What the bot knows of its own hearing. */
export interface SlackLink {
  connected(): void;
  lost(): void;
  heard(): void;
  state(): { readonly isConnected: boolean; readonly lastEventAt: Date | null };
}

export function slackLink(clock: Clock): SlackLink {
  let isConnected = false;
  let lastEventAt: Date | null = null;
  const heard = (): void => {
    lastEventAt = clock.now();
  };
  return {
    connected() {
      isConnected = true;
      // Slack greets whom it connects, and renews every connection within hours: no greeting for long is deafness.
      heard();
    },
    lost() {
      isConnected = false;
    },
    heard,
    state: () => ({ isConnected, lastEventAt }),
  };
}
