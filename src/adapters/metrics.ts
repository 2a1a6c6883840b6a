import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Slack gives up after three seconds; ours is a p99 of 300 ms. */
const ackBuckets = [0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5];
const workBuckets = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

export type Metrics = ReturnType<typeof productMetrics>;

/** Everything that is counted, by every process. docs/signals.md explains each name, and a test holds it to that. */
export function productMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name: `ipv6check_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => {
    const made = new Gauge<L>({ name: `ipv6check_${name}`, help, labelNames, registers });
    // Without labels it would begin at 0, which is an answer that nobody gave.
    if (labelNames.length === 0) made.remove();
    return made;
  };
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ) => new Histogram<L>({ name: `ipv6check_${name}`, help, labelNames, buckets: [...buckets], registers });

  return {
    registry,

    acks: counter('acks_total', 'What Slack sent, by kind, and whether it was acknowledged.', ['kind', 'result']),
    ackSeconds: histogram('ack_seconds', 'From the arrival of what Slack sent to its acknowledgement.', ackBuckets, [
      'kind',
    ]),
    slackConnected: gauge('slack_connected', '1 while the bot hears Slack.'),
    slackLastEvent: gauge('slack_last_event_timestamp_seconds', 'When Slack last sent anything, a greeting included.'),
    slackRateLimited: counter('slack_rate_limited_total', 'Answers of Slack that ask to slow down (429).'),

    runs: counter('runs_total', 'Checks that came to an end, by outcome and cause.', ['cluster', 'outcome', 'cause']),
    runSeconds: histogram('run_seconds', 'How long a check took.', workBuckets, ['cluster', 'outcome']),
    probeSeconds: histogram('probe_seconds', 'How long an exec took, and how it ended.', workBuckets, [
      'cluster',
      'where',
      'end',
    ]),
    jobs: counter('jobs_total', 'Attempts at jobs, by job and result.', ['job', 'result']),
    jobSeconds: histogram('job_seconds', 'How long an attempt at a job took.', workBuckets, ['job']),
    queueJobs: gauge('queue_jobs', 'Jobs in a queue, by state.', ['queue', 'state']),
    queueOldest: gauge('queue_oldest_seconds', 'Age of the job that has waited longest; 0 where none waits.', [
      'queue',
    ]),

    remediations: gauge('remediations', 'Temporary policies that are not over, by state.', ['cluster', 'state']),
    remediationEvents: counter('remediation_events_total', 'Steps in the life of temporary policies.', [
      'cluster',
      'event',
    ]),
    revertsOverdue: gauge('reverts_overdue', 'Temporary policies 90 s past their end, as one of two sources has it.', [
      'cluster',
      'source',
    ]),
    sweeps: counter('sweeps_total', 'Sweeps of a writer, by result.', ['cluster', 'result']),
    lastSweep: gauge('sweep_last_success_timestamp_seconds', 'When a sweep last saw the whole cluster.', ['cluster']),
    auditFailures: counter('audit_failures_total', 'Entries of the audit trail that could not be stored.'),
    admissionFence: gauge('admission_fence', '1 where admission refuses the writer a forbidden object, else 0.', [
      'cluster',
      'api',
    ]),

    ready: gauge('ready', '1 for each part that the process needs and has.', ['part']),
    redisSettingsWrong: gauge('redis_settings_wrong', 'Settings of Redis that may lose jobs or records.'),
  };
}
