import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace } from '../../lab/workspace/start.ts';
import type { LabWorkspace } from '../../lab/workspace/workspace.ts';
import { bullJobs } from '../../src/adapters/queue.ts';
import { connectRedis, type RedisConnection } from '../../src/adapters/redis.ts';
import { redisRuns } from '../../src/adapters/store.ts';
import { diagnoseJob } from '../../src/jobs/diagnose.ts';
import { type OwnRedis, startOwnRedis } from '../helpers/redis.ts';
import { remediationWorld } from '../helpers/remediation-world.ts';

describe('workers/compose', () => {
  let server: OwnRedis;
  let connection: RedisConnection;
  let slack: LabWorkspace;
  let children: ChildProcess[];

  beforeEach(async () => {
    [server, slack] = await Promise.all([startOwnRedis(), startWorkspace()]);
    connection = connectRedis({ url: server.url });
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    connection.close();
    await Promise.all([server.stop(), slack.close()]);
  });

  function startProber(fatalNote: number): Promise<unknown> {
    const env = {
      ...{ PATH: process.env.PATH, CHILD_REDIS_URL: server.url, CHILD_SLACK_URL: slack.apiUrl },
      ...{ CHILD_SLACK_TOKEN: slack.botToken, CHILD_FATAL_NOTE: String(fatalNote) },
    };
    const child = spawn(process.execPath, ['test/helpers/prober-child.ts'], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    children.push(child);
    return new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  }

  async function enqueue(): Promise<string> {
    const requestId = randomUUID();
    const [channel, requestedBy] = [slack.channels.incidents.id, slack.people.alice.id];
    await redisRuns(connection).save({
      id: requestId,
      channel,
      requestedBy,
      responseUrl: null,
      cardTs: null,
      replies: {},
    });
    const target = { kind: 'pod', namespace: 'shop', name: 'checkout' } as const;
    const place = { cluster: 'lab', team: slack.team, channel, requestedBy, destination: null };
    await bullJobs(connection).enqueue(diagnoseJob, { v: 1, requestId, target, ...place });
    return requestId;
  }

  it.each([1, 2, 3])(
    'runs a killed prober’s job again within seconds, and the thread shows nothing twice (note %i)',
    async (note) => {
      const requestId = await enqueue();
      const killed = await startProber(note);
      expect(killed).toBe('SIGKILL');

      const start = performance.now();
      void startProber(0);
      await expect
        .poll(async () => Object.keys((await redisRuns(connection).load(requestId))?.replies ?? {}), {
          timeout: 10_000,
        })
        .toEqual(['broken', 'passed']);

      expect(performance.now() - start).toBeLessThan(6_000);
      const [card, ...others] = slack.messages('incidents');
      expect(others).toEqual([]);
      const thread = slack.thread('incidents', card!.ts).map(({ text }) => text);
      expect(thread).toHaveLength(3);
      expect(new Set(thread).size).toBe(3);
    },
  );

  it('knows no job of the other role', async () => {
    const world = remediationWorld();
    const stray = { id: 'x', name: 'diagnose', payload: {}, delayMs: 0 };

    await expect(world.deliver({ ...stray, queue: 'remediate-lab' })).rejects.toThrow('A writer has no processor');
    await expect(world.deliver({ ...stray, name: 'apply', queue: 'probe-lab' })).rejects.toThrow(
      'A prober has no processor',
    );
  });
});
