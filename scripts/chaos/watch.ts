import type { LabCluster } from '../../lab/cluster/start.ts';
import type { Witnessed } from '../../lab/cluster/trouble.ts';
import type { LabWorkspace } from '../../lab/workspace/workspace.ts';
import { type Monitor, monitor } from './monitor.ts';
import type { Moment } from './points.ts';

/** Told of each moment as it comes; the API server waits for the answer. */
export type OnMoment = (moment: Moment) => Promise<'drop' | undefined>;

export interface Seen {
  /** Of the newest record that was written, whoever lost it since. */
  readonly record: { readonly id: string; readonly state: string } | null;
}

const policies = /^\/apis\/[^?]*(networkpolicies|clusternetworkpolicies)(\/[^?]+)?(\?|$)/;

/** What a request is to a temporary policy, seen before its effect or after it; null for all others. */
export function momentOfRequest({ moment, method, url, user, code }: Witnessed): Moment | null {
  const [, , name] = policies.exec(url) ?? [];
  if (!policies.test(url) || (user !== 'writer' && user !== 'reaper')) return null;
  // The fence tries what admission must refuse; it is about no remediation.
  if (method === 'POST' && url.includes('dryRun=')) return `api ${moment} dry-run`;
  if (method === 'POST' && (moment === 'before' || code === 201)) return `api ${moment} create`;
  if (method === 'DELETE' && (moment === 'before' || code === 200)) return `api ${moment} delete`;
  return method === 'GET' && name !== undefined && moment === 'after' && code === 404 ? 'api after gone' : null;
}

/** What a command to Redis writes; null for what only reads or keeps house. */
export function momentOfCommand(words: readonly string[]): Moment | null {
  const [command = '', first = ''] = words;
  if (command.toLowerCase() === 'set') return first.includes(':verification:') ? looked(first) : null;
  if (!/^eval(sha)?$/i.test(command)) return null;
  const state = recordIn(words)?.state;
  if (state !== undefined) return savings.find((each) => each === `saved ${state}`) ?? null;
  const text = words.find((word) => word.startsWith('{"v":1,') && word.includes('"remediationId"'));
  const name =
    text === undefined ? undefined : /(propose|apply|verify|settle|revert)-r[a-z0-9]{19}/.exec(words.join(' '))?.[1];
  return queueings.find((each) => each === `queued ${name}`) ?? null;
}

const savings = ['proposed', 'approved', 'verifying', 'active', 'reverting', 'reverted'].map(
  (state) => `saved ${state}` as Extract<Moment, `saved ${string}`>,
);
const queueings = ['propose', 'apply', 'verify', 'settle', 'revert'].map(
  (name) => `queued ${name}` as Extract<Moment, `queued ${string}`>,
);

/** The record in a save, by the store's own words. */
export function recordIn(words: readonly string[]): Seen['record'] {
  const text = words.find((word) => word.startsWith('{"id":"r'));
  const [, id] = /^\{"id":"(r[a-z0-9]{19})"/.exec(text ?? '') ?? [];
  const [, state] = /"state":"([a-z]+)"/.exec(text ?? '') ?? [];
  return id !== undefined && state !== undefined ? { id, state } : null;
}

function looked(key: string): Moment | null {
  // Version 0 is the baseline; who proved what is known by the state of the record.
  return key.endsWith(':0') ? null : 'seen verifying';
}

const sayings: readonly (readonly [RegExp, Moment])[] = [
  [/Temporary policy proposed/, 'said approval'],
  [/Applied\. The failing probe/, 'said applied'],
  [/Active: the policy helps/, 'said active'],
  [/Reverted: the cluster no longer/, 'said reverted'],
];

export interface Watching {
  readonly seen: Seen;
  /** After Redis has come back: what watches it died with it. */
  listenToRedis(): Promise<void>;
  close(): void;
}

export async function watch(
  { cluster, workspace, redisUrl }: { cluster: LabCluster; workspace: LabWorkspace; redisUrl: string },
  onMoment: OnMoment,
): Promise<Watching> {
  let record: Seen['record'] = null;
  let listening: Monitor | null = null;
  const tell = (moment: Moment) => void onMoment(moment);

  cluster.trouble.witness = async (request) => {
    const moment = momentOfRequest(request);
    return moment === null ? undefined : onMoment(moment);
  };

  const said = new Set<string>();
  const stopHearing = workspace.onChange(() => {
    for (const { ts } of workspace.messages('incidents')) {
      for (const reply of workspace.thread('incidents', ts)) {
        const found = said.has(reply.ts) ? undefined : sayings.find(([words]) => words.test(reply.text));
        if (!found) continue;
        said.add(reply.ts);
        tell(found[1]);
      }
    }
  });

  // Execs are counted, because an upgrade is answered before anybody could be asked.
  let running = 0;
  const looks = { proposed: 'exec baseline', verifying: 'exec verify', reverting: 'exec proof' } as const;
  const counting = setInterval(() => {
    const now = cluster.runningExecs;
    const begun = now > running;
    running = now;
    if (!begun) return;
    const state = record?.state ?? '';
    tell(Object.hasOwn(looks, state) ? looks[state as keyof typeof looks] : 'exec check');
  }, 5);

  function onCommand(words: readonly string[]): void {
    const written = recordIn(words);
    if (written && /^eval(sha)?$/i.test(words[0] ?? '')) record = written;
    const moment = momentOfCommand(words);
    if (moment === null) return;
    tell(moment === 'seen verifying' && record?.state === 'reverting' ? 'seen reverting' : moment);
  }

  async function listenToRedis(): Promise<void> {
    listening?.close();
    listening = await monitor(redisUrl, onCommand);
  }

  await listenToRedis();
  return {
    seen: {
      get record() {
        return record;
      },
    },
    listenToRedis,
    close() {
      clearInterval(counting);
      stopHearing();
      cluster.trouble.witness = undefined;
      listening?.close();
    },
  };
}
