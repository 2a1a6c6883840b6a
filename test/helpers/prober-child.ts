/** A prober as a process of its own, so that a test can kill it. Everything is real but the look at the cluster. */

import { systemClock } from '../../src/adapters/clock.ts';
import { bullJobs } from '../../src/adapters/queue.ts';
import { connectRedis } from '../../src/adapters/redis.ts';
import { slackThreads } from '../../src/adapters/slack.ts';
import { redisRemediations, redisRuns } from '../../src/adapters/store.ts';
import { bullWorker } from '../../src/adapters/worker.ts';
import { composeProber } from '../../workers/compose.ts';
import { aReport, aVerification } from './builders.ts';
import { captureLog } from './log.ts';

const { CHILD_REDIS_URL: url = '', CHILD_SLACK_URL: apiUrl = '', CHILD_SLACK_TOKEN: token = '' } = process.env;
/** The note after which this process kills itself; 0 for one that lives. */
const fatalNote = Number(process.env.CHILD_FATAL_NOTE ?? '0');

const connection = connectRedis({ url, deadlineMs: 3_000 });
const runs = redisRuns(connection);
const { log } = captureLog();
let notes = 0;
const dying =
  <A extends unknown[]>(write: (...args: A) => Promise<void>) =>
  async (...args: A): Promise<void> => {
    await write(...args);
    notes += 1;
    if (notes === fatalNote) process.kill(process.pid, 'SIGKILL');
  };

const { handle } = composeProber({
  ...{ log, clusterName: 'lab', clock: systemClock, jobs: bullJobs(connection) },
  threads: slackThreads({ token, apiUrl }),
  runs: { ...runs, save: dying(runs.save), saveReport: dying(runs.saveReport) },
  remediations: redisRemediations(connection),
  diagnose: async ({ id }) => aReport({ id }),
  reprobe: async () => aVerification(3, 3),
});
bullWorker({ url, queue: 'probe-lab', concurrency: 1, lockMs: 1_000, stalledMs: 500, log, handle });
