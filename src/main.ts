import { HTTPReceiver, type Receiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { attendedReceiver } from './adapters/attended-receiver.ts';
import { redisAudit } from './adapters/audit.ts';
import { auditedRemediations } from './adapters/audited.ts';
import { boltLogger } from './adapters/bolt-logger.ts';
import { systemClock } from './adapters/clock.ts';
import { queueGauges, remediationGauges, slackGauges } from './adapters/gauges.ts';
import { grantsFile } from './adapters/grants-file.ts';
import { jsonLog } from './adapters/log.ts';
import { measuredAudit } from './adapters/measured.ts';
import { measuredReceiver } from './adapters/measured-receiver.ts';
import { productMetrics } from './adapters/metrics.ts';
import { slackPeople } from './adapters/people.ts';
import { bullJobs } from './adapters/queue.ts';
import { slackPart } from './adapters/readiness.ts';
import { connectRedis } from './adapters/redis.ts';
import { slackThreads } from './adapters/slack.ts';
import { slackLink } from './adapters/slack-link.ts';
import { keepConnected, socketReceiver } from './adapters/socket-mode.ts';
import { redisClaims, redisRemediations, redisRuns } from './adapters/store.ts';
import { otlpTraces } from './adapters/traces.ts';
import { watched } from './adapters/watched.ts';
import { composeBot } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { BotError } from './errors.ts';

type Stop = () => Promise<void>;

/** Reads the environment, connects, starts, stops. Redis or Slack may be away at any time, the start included. */
async function start(config: Config, log: Logger): Promise<void> {
  const { slack } = config;
  // With this a command is refused within a second of the queue's silence.
  const redis = connectRedis({ url: config.redisUrl, deadlineMs: 700, onError: oncePerOutage(log, () => redis.redis) });
  const { tracesEndpoint: endpoint } = config;
  const traces = endpoint === null ? null : otlpTraces({ endpoint, service: 'ipv6check-bot', log });
  const jobs = bullJobs(redis, undefined, traces?.telemetry);
  const apiUrl = slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl };
  const library = boltLogger(log);
  const socket = slack.mode === 'socket' ? socketReceiver({ ...slack, boltLogger: library }) : null;
  const http = slack.mode === 'http' ? new HTTPReceiver({ signingSecret: slack.signingSecret, logger: library }) : null;
  const receiver: Receiver | null = socket ?? http;
  if (!receiver) throw new Error('neither socket nor http');

  const metrics = productMetrics();
  const link = slackLink(systemClock);
  const auditing = { audit: measuredAudit(redisAudit(redis, systemClock), metrics), log };
  const remediations = auditedRemediations(redisRemediations(redis), auditing);
  const onRateLimited = (): void => metrics.slackRateLimited.inc();
  const slackOptions = { token: slack.botToken, ...apiUrl, onRateLimited };

  const attended = attendedReceiver(measuredReceiver(receiver, metrics, link));
  composeBot({
    receiver: attended.receiver,
    botToken: slack.botToken,
    boltLogger: library,
    clusters: config.clusters,
    jobs,
    runs: redisRuns(redis),
    remediations,
    claims: redisClaims(redis),
    // Somebody waits: what Slack does not take soon, the writer's own messages will say.
    threads: slackThreads({ ...slackOptions, patienceMs: 3_000, timeoutMs: 2_500 }),
    people: slackPeople(slackOptions),
    grants: grantsFile(config.grantsFile, (detail, message) => log.error(detail, message)),
    clock: systemClock,
    log,
    decisionKey: config.decisionKey,
    maximumMinutes: config.policy.maximumMinutes,
  });

  let stop: Stop;
  if (socket) {
    stop = keepConnected(socket, log, undefined, link).close;
  } else {
    await http?.start(slack.port);
    link.connected();
    stop = async () => void (await http?.stop());
  }
  // Of every cluster that may be named: a queue whose workers are all gone has nobody else to tell.
  const names = config.clusters.flatMap((cluster) => [`probe-${cluster}`, `remediate-${cluster}`]);
  const queues = queueGauges(redis, names, metrics, { clock: systemClock });
  const refreshers = [
    queues.refresh,
    remediationGauges(remediations, systemClock, metrics),
    slackGauges(link, metrics),
  ];
  const parts = [slackPart(link, systemClock)];
  const watch = await watched({ redis, metrics, parts, refreshers, port: config.healthPort, log });
  log.info({ mode: slack.mode, clusters: config.clusters }, 'bot started');
  stopOn(['SIGINT', 'SIGTERM'], log, async () => {
    // An answer needs the connection that its question came by.
    await attended.idle(2_000);
    await stop();
    await attended.idle(1_000);
    await Promise.all([watch.close(), queues.close()]);
    await Promise.all([jobs.close(), traces?.close()]);
    redis.close();
  });
}

/** ioredis repeats an error with every attempt to reconnect: one line says as much as a thousand. */
function oncePerOutage(log: Logger, connection: () => { once(event: 'ready', heard: () => void): unknown }) {
  let isKnown = false;
  return (err: Error): void => {
    if (isKnown) return;
    isKnown = true;
    log.error({ err }, 'Redis does not answer');
    connection().once('ready', () => {
      isKnown = false;
      log.info('Redis answers');
    });
  };
}

function stopOn(signals: readonly NodeJS.Signals[], log: Logger, stop: Stop): void {
  let isStopping = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    // Without Redis the queue's close never settles. Slack has had its answer within three seconds, or never gets one.
    setTimeout(() => process.exit(0), 6_000).unref();
    stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.on(signal, end);
}

try {
  const config = readConfig(process.env, 'bot');
  await start(config, jsonLog(config.logLevel, { role: 'bot' }));
} catch (error) {
  const said = error instanceof BotError ? error.say : String(error instanceof Error ? error.message : error);
  process.stderr.write(`The bot cannot start: ${said}\n`);
  process.exitCode = 1;
  // What was opened before the failure must not keep the process alive.
  setTimeout(() => process.exit(1), 100).unref();
}
