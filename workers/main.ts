import type { Logger } from 'pino';
import { redisAudit } from '../src/adapters/audit.ts';
import { auditedRemediations, auditedWriter } from '../src/adapters/audited.ts';
import { systemClock } from '../src/adapters/clock.ts';
import { queueGauges, remediationGauges } from '../src/adapters/gauges.ts';
import { grantsFile } from '../src/adapters/grants-file.ts';
import { jsonLog } from '../src/adapters/log.ts';
import {
  measuredAudit,
  measuredCluster,
  measuredDiagnosis,
  measuredHandle,
  measuredSweep,
  measuredWriter,
} from '../src/adapters/measured.ts';
import { productMetrics } from '../src/adapters/metrics.ts';
import { slackPeople } from '../src/adapters/people.ts';
import { bullJobs } from '../src/adapters/queue.ts';
import { clusterPart } from '../src/adapters/readiness.ts';
import { connectRedis } from '../src/adapters/redis.ts';
import { slackThreads } from '../src/adapters/slack.ts';
import { redisRemediations, redisRuns } from '../src/adapters/store.ts';
import { otlpTraces } from '../src/adapters/traces.ts';
import { watched } from '../src/adapters/watched.ts';
import { bullWorker } from '../src/adapters/worker.ts';
import { type Config, readConfig } from '../src/config.ts';
import { BotError } from '../src/errors.ts';
import { lookAtFence } from './adapters/admission.ts';
import { connectCluster } from './adapters/kubernetes.ts';
import { resolveName } from './adapters/names.ts';
import { composeProber, composeWriter } from './compose.ts';
import { diagnoser } from './diagnose.ts';
import { fencedWriter, keepFence } from './fence.ts';
import { reprober } from './reprobe.ts';
import { rereads } from './rereads.ts';
import { keepSweeping } from './sweeping.ts';

/** A proposal that nobody decided about is over: the cluster has moved on since. */
const lapseMinutes = 30;

/** Reads the environment, connects, starts, stops. Redis, Slack or the cluster may be away, the start included. */
async function start(config: Config, log: Logger): Promise<void> {
  const { cluster: name, redisUrl: url, slack, probe, policy, role } = config;
  const { kubeconfig, context } = config.kubernetes;
  const connected = await connectCluster({
    ...{ name, maxInFlight: probe.maxInFlight },
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const metrics = productMetrics();
  // The consumer's own connection says what is wrong with Redis; this one would only repeat it.
  const store = connectRedis({ url, deadlineMs: 3_000 });
  const auditing = { audit: measuredAudit(redisAudit(store, systemClock), metrics), log };
  const onRateLimited = (): void => metrics.slackRateLimited.inc();
  const apiUrl = slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl };
  const slackOptions = { token: slack.botToken, ...apiUrl, onRateLimited };
  const { tracesEndpoint: endpoint } = config;
  const traces = endpoint === null ? null : otlpTraces({ endpoint, service: `ipv6check-${role}`, log });
  const telemetry = traces?.telemetry;
  const outside = {
    ...{ log, clock: systemClock, jobs: bullJobs(store, undefined, telemetry), threads: slackThreads(slackOptions) },
    ...{ runs: redisRuns(store), clusterName: name },
    remediations: auditedRemediations(redisRemediations(store), auditing),
  };
  const cluster = measuredCluster(connected.cluster, metrics);
  const onCluster = { cluster, clock: systemClock, anchors: probe, resolve: resolveName };

  const stop = new AbortController();
  const queues = queueGauges(store, [`${role}-${name}`], metrics, { clock: systemClock });
  const refreshers = [queues.refresh, remediationGauges(outside.remediations, systemClock, metrics)];
  const { handle } = role === 'probe' ? startProber() : startWriter();
  function startProber() {
    const { ttlMinutes, protectedNamespaces } = policy;
    const diagnose = measuredDiagnosis(diagnoser({ ...onCluster, ttlMinutes, protectedNamespaces }), name, metrics);
    return composeProber({ ...outside, diagnose, reprobe: reprober(onCluster) });
  }
  function startWriter() {
    const { maximumMinutes, fenceNamespace: namespace, admissionFence } = policy;
    const measuring = { cluster: name, clock: systemClock, maximumMinutes };
    const measured = measuredWriter(connected.writer, measuring, metrics);
    refreshers.push(async () => metrics.revertsOverdue.set({ cluster: name, source: 'cluster' }, measured.overdue()));
    const fence = keepFence({
      look: () => lookAtFence(connected.writer, { namespace, clock: systemClock }),
      note: (api, isFenced) => metrics.admissionFence.set({ cluster: name, api }, isFenced ? 1 : 0),
      ...{ isRequired: admissionFence === 'require', signal: stop.signal, log },
    });
    const writer = composeWriter({
      ...outside,
      ...policy,
      ...rereads(onCluster),
      writer: fencedWriter(auditedWriter(measured, name, auditing), fence),
      lapseMinutes,
      decisionKey: config.decisionKey,
      grants: grantsFile(config.grantsFile, (detail, message) => log.error(detail, message)),
      people: slackPeople(slackOptions),
    });
    const sweep = measuredSweep(writer.sweep, name, metrics);
    void keepSweeping({ sweep, intervalMs: policy.sweepSeconds * 1_000, signal: stop.signal, log });
    return writer;
  }

  const work = { queue: `${role}-${name}`, concurrency: 4, ...config.queue, handle: measuredHandle(handle, metrics) };
  const consumer = bullWorker({ url, log, telemetry, ...work });
  const parts = [clusterPart(name, () => connected.writer.serverTime())];
  const watch = await watched({ redis: store, metrics, parts, refreshers, port: config.healthPort, log });
  log.info('started');

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      stop.abort();
      // Below a pod's usual terminationGracePeriodSeconds of 30; jobs are aborted after 20 of them.
      setTimeout(() => {
        log.error('not stopped in time');
        process.exit(1);
      }, 25_000).unref();
      void consumer.close().then(async (isClean) => {
        await Promise.all([watch.close(), traces?.close()]);
        await connected.close();
        store.close();
        process.exit(isClean ? 0 : 1);
      });
    });
  }
}

try {
  const { ROLE: role } = process.env;
  if (role !== 'probe' && role !== 'remediate') {
    throw new BotError('CONFIG_INVALID', 'ROLE is neither probe nor remediate');
  }
  const config = readConfig(process.env, role);
  const log = jsonLog(config.logLevel, { role: config.role, cluster: config.cluster });
  process.on('uncaughtException', (err) => {
    log.error({ err }, 'crashed');
    process.exit(1);
  });
  await start(config, log);
} catch (error) {
  const said = error instanceof BotError ? error.say : String(error instanceof Error ? error.message : error);
  process.stderr.write(`The worker cannot start: ${said}\n`);
  // What was opened before the failure must not keep the process alive.
  process.exit(1);
}
