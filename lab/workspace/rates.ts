/** Calls a minute by tier, per method and workspace, as Slack publishes them; bursts beyond that are its own affair. */
const tier = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

const perMinute: Readonly<Record<string, number>> = {
  'apps.connections.open': tier[1],
  'usergroups.list': tier[2],
  'usergroups.users.list': tier[2],
  'chat.update': tier[3],
  'chat.delete': tier[3],
  'conversations.info': tier[3],
  'conversations.open': tier[3],
  'conversations.members': tier[4],
  'chat.postEphemeral': tier[4],
  'users.info': tier[4],
  'views.open': tier[4],
  'views.push': tier[4],
  'views.update': tier[4],
  'views.publish': tier[4],
  'files.getUploadURLExternal': tier[4],
  'files.completeUploadExternal': tier[4],
};

/** chat.postMessage has a rule of its own: about one a second in each channel, with short bursts allowed. */
const posting = { windowMs: 10_000, calls: 10 } as const;

export interface Rates {
  /** Counts a call; answers the seconds to wait when it is one too many, and then does not count it. */
  spend(method: string, channel?: string): number | undefined;
}

export function createRates(now: () => number): Rates {
  const spent = new Map<string, number[]>();

  return {
    spend(method, channel = '') {
      const isPosting = method === 'chat.postMessage';
      const calls = isPosting ? posting.calls : perMinute[method];
      if (calls === undefined) return undefined;

      const windowMs = isPosting ? posting.windowMs : 60_000;
      const key = isPosting ? `${method} ${channel}` : method;
      const recent = (spent.get(key) ?? []).filter((at) => now() - at < windowMs);
      spent.set(key, recent);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= calls) return Math.ceil((oldest + windowMs - now()) / 1_000);
      recent.push(now());
      return undefined;
    },
  };
}
