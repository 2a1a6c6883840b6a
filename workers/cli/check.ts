import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/adapters/clock.ts';
import { readProbeSettings } from '../../src/config.ts';
import type { Report } from '../../src/diagnosis/report.ts';
import { BotError } from '../../src/errors.ts';
import { parseDestination, parseRequest } from '../../src/jobs/parse-target.ts';
import { connectCluster } from '../adapters/kubernetes.ts';
import { resolveName } from '../adapters/names.ts';
import { diagnoser } from '../diagnose.ts';
import type { DiagnoseRequest } from '../processors/diagnose.ts';
import { reportText } from './report-text.ts';
import { type Command, exitCodes, type Terminal } from './terminal.ts';

interface CheckOptions {
  readonly request: Omit<DiagnoseRequest, 'id'>;
  readonly cluster: string | null;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly isJson: boolean;
}

/** One check without Slack and Redis: the same engine, and the same report. */
export const checkCommand: Command = async (words, terminal, signal) => {
  const options = optionsFrom(words);
  if (typeof options === 'string') return refuse(terminal, options);

  const { env } = terminal;
  const { probe, policy } = readProbeSettings(env);
  const { request, kubeconfig = env.KUBECONFIG || undefined, context = env.KUBE_CONTEXT || undefined } = options;
  const connected = await connectCluster({
    ...{ name: options.cluster ?? context ?? 'default', maxInFlight: probe.maxInFlight },
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  try {
    const diagnose = diagnoser({
      ...{ cluster: connected.cluster, clock: systemClock, anchors: probe, resolve: resolveName },
      ...{ ttlMinutes: policy.ttlMinutes, protectedNamespaces: policy.protectedNamespaces },
    });
    return show(await diagnose({ id: randomUUID(), ...request }, signal), options.isJson, terminal);
  } catch (error) {
    // A target that is not there is the asker's to mend, and no sign of the cluster's health.
    if (error instanceof BotError && /^(TARGET|DESTINATION)_/.test(error.code)) return refuse(terminal, error.say);
    throw error;
  } finally {
    await connected.close();
  }
};

/** Prints a report and gives its exit code. */
export function show(report: Report, isJson: boolean, { out }: Terminal): number {
  out(isJson ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return exitCodes[report.verdict.outcome];
}

function refuse({ err }: Terminal, sentence: string): number {
  err(`ipv6check: ${sentence}\n`);
  return exitCodes.usage;
}

function optionsFrom(words: readonly string[]): CheckOptions | string {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. See ipv6check --help`;
  }
  const { values, positionals } = parsed;
  if (values.output !== 'text' && values.output !== 'json') return `-o takes text or json, not "${values.output}"`;
  const request = parseRequest(positionals.join(' '));
  if (!request.ok) return request.problem;
  const { cluster, target } = request;
  const { kubeconfig, context } = values;
  const common = { cluster, kubeconfig, context, isJson: values.output === 'json' };
  if (values.to === undefined) return { ...common, request: { target, destination: request.destination } };
  const to = parseDestination(values.to);
  return to.ok ? { ...common, request: { target, destination: to.value } } : to.problem;
}

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      output: { type: 'string', short: 'o', default: 'text' },
    },
  });
}
