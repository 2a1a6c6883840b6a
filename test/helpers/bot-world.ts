import { boltLogger } from '../../src/adapters/bolt-logger.ts';
import { composeBot } from '../../src/compose.ts';
import { BotError } from '../../src/errors.ts';
import type { Grants } from '../../src/remediation/grants.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import type { BotDeps } from '../../src/slack/deps.ts';
import { aRemediation, aReport, t0 } from './builders.ts';
import { fakeClaims } from './fake-claims.ts';
import { fakeJobs } from './fake-jobs.ts';
import { aPerson, fakePeople } from './fake-people.ts';
import { fakeRemediations, fakeRuns } from './fake-store.ts';
import { fakeThreads } from './fake-threads.ts';
import { captureLog } from './log.ts';
import { slackSide } from './slack-app.ts';

export const decisionKey = 'the key that bot and writer share, 32+';
export const here = 'C0INCIDENT';

interface Doing {
  readonly user?: string;
  readonly team?: string;
  readonly channel?: string;
  /** Slack repeats an event under the same one. */
  readonly trigger?: string;
  /** The message that a pressed button is on. */
  readonly ts?: string;
}

/** The composed bot with everything outside it faked. Of its people only the approver's grant approves. */
export function botWorld() {
  const slack = slackSide();
  const [people, threads, jobs, runs] = [fakePeople(), fakeThreads(), fakeJobs(), fakeRuns()];
  const [remediations, claims, { log, lines }] = [fakeRemediations(), fakeClaims(), captureLog()];
  people.channels.set(here, 'own');
  people.channels.set('C0SHARED', 'externally-shared');
  people.channels.set('C0OTHER', 'own');
  for (const name of ['CHECKER', 'ASKER', 'APPROVER', 'SECOND', 'NOBODY']) {
    people.persons.set(`U0${name}`, aPerson(name.toLowerCase()));
  }
  people.groups.set('S0STAFF', ['U0CHECKER', 'U0ASKER', 'U0APPROVER', 'U0SECOND']);

  const report = aReport();
  const world = {
    now: t0,
    grants: {
      grants: [
        { userGroups: ['S0STAFF'], namespaces: ['*'], may: ['check'] },
        { users: ['U0APPROVER', 'U0SECOND', 'U0ASKER', 'U0CHECKER'], namespaces: ['shop'], may: ['approve'] },
      ],
    } as Grants, // widened, so that a test can give others
    /** Redis, for all that goes to it. */
    isRedisDown: false,
  };

  /** Every call of a store fails, as the real ones do, while Redis is away. */
  function onRedis<T extends object>(store: T): T {
    return new Proxy(store, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || !world.isRedisDown) return member;
        return () => Promise.reject(new BotError('REDIS_UNAVAILABLE'));
      },
    });
  }

  const deps: BotDeps = {
    ...{ clusters: ['lab', 'prod'], people, threads, jobs, log, decisionKey, maximumMinutes: 240 },
    ...{ runs: onRedis(runs), remediations: onRedis(remediations), claims: onRedis(claims) },
    grants: { current: () => world.grants },
    clock: { now: () => world.now },
  };
  composeBot({ ...deps, receiver: slack.receiver, botToken: 'xoxb-not-a-token', boltLogger: boltLogger(log) });

  let events = 0;
  const occasion = ({ user = 'U0ASKER', team = 'T0HOME', channel = here, trigger, ts }: Doing) => {
    events += 1;
    return { user, team, channel, ts, trigger: trigger ?? `trigger-${events}`, url: `https://hooks.example/${events}` };
  };

  return Object.assign(world, {
    ...{ people, threads, jobs, runs, remediations, claims, lines, report, deps, slack },

    /** Types a command; resolves to what its acknowledgement shows. */
    async command(text: string, doing: Doing = {}): Promise<{ readonly text?: string } | null> {
      const { user, team, channel, trigger, url } = occasion(doing);
      const [first, ...others] = await slack.deliver({
        ...{ command: '/ipv6check', text, user_id: user, team_id: team, channel_id: channel },
        ...{ trigger_id: trigger, response_url: url },
      });
      if (first === undefined || others.length > 0) throw new Error('a command is acknowledged once');
      return first as { text?: string } | null; // what our own listener acknowledges with
    },

    /** Presses a button; resolves to what that person alone was told, or null. */
    async press(actionId: string, value: string, doing: Doing = {}): Promise<string | null> {
      const { user, team, channel, trigger, url, ts } = occasion(doing);
      const acknowledgements = await slack.deliver({
        ...{ type: 'block_actions', user: { id: user, team_id: team }, team: { id: 'T0HOME' }, trigger_id: trigger },
        ...{ channel: { id: channel }, response_url: url, container: { type: 'message', message_ts: ts } },
        actions: [{ type: 'button', action_id: actionId, block_id: 'b', value }],
      });
      if (acknowledgements.length !== 1) throw new Error('a press is acknowledged once');
      return threads.told.find(({ responseUrl }) => responseUrl === url)?.text ?? null;
    },

    /** A check that has ended, and its card. */
    async checked(over: Partial<typeof report> = {}): Promise<string> {
      const ended = { ...report, ...over };
      await runs.saveReport(ended);
      await runs.save({
        ...{ id: ended.id, channel: here, requestedBy: 'U0CHECKER', responseUrl: null, cardTs: '1700000000.000100' },
        ...{ replies: {}, request: 'lab:shop/checkout' },
      });
      return ended.id;
    },

    /** A policy whose card stands in the channel. */
    async proposed(over: Partial<Remediation> = {}): Promise<string> {
      const card = await threads.post({ channel: here }, { text: 'the card', blocks: [{}] });
      const record = aRemediation({ cardTs: card.ok ? card.ts : null, ...over });
      remediations.records.set(record.id, record);
      return record.id;
    },

    record(id: string): Remediation {
      const found = remediations.records.get(id);
      if (!found) throw new Error(`there is no record ${id}`);
      return found;
    },
  });
}

export type BotWorld = ReturnType<typeof botWorld>;
