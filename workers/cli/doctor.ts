import { parseArgs } from 'node:util';
import { type Role, readProbeSettings } from '../../src/config.ts';
import { BotError } from '../../src/errors.ts';
import { parseRequest } from '../../src/jobs/parse-target.ts';
import { namespaceOf } from '../../src/jobs/request-text.ts';
import type { Grants } from '../../src/remediation/grants.ts';
import { connectCluster } from '../adapters/kubernetes.ts';
import { lookAtCluster } from './doctor/cluster.ts';
import { lookAtConfiguration, lookAtGrants } from './doctor/configuration.ts';
import { type Finding, findingsText, isWell } from './doctor/finding.ts';
import { explain, type MayQuestion } from './doctor/may.ts';
import type { ClusterRole } from './doctor/needs.ts';
import { lookAtRedis } from './doctor/redis.ts';
import { lookAtSlack } from './doctor/slack.ts';
import { type Command, exitCodes, type Terminal } from './terminal.ts';

const roles = ['bot', 'probe', 'remediate', 'reap'] as const satisfies readonly (Role | 'reap')[];
type DoctorRole = (typeof roles)[number];

interface Options {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly role: DoctorRole | null;
  readonly namespaces: readonly string[];
  readonly isJson: boolean;
  readonly may: MayQuestion | null;
}

/** Looks at everything that a process needs, and changes nothing. 0 all is well, 1 something is not. */
export const doctorCommand: Command = async (words, terminal, signal) => {
  const options = optionsFrom(words, terminal.env);
  if (typeof options === 'string') {
    terminal.err(`ipv6check doctor: ${options}\n`);
    return exitCodes.usage;
  }
  const { env, out } = terminal;
  const { grants, findings } = lookAtGrants(env);
  if (options.may) return answerMay(options.may, { grants, findings }, options.isJson, terminal);

  const looks = await Promise.all([
    configurationOf(options.role, env),
    findings,
    options.role === 'reap' ? [] : lookAtSlack(env, grants),
    options.role === 'reap' || !env.REDIS_URL ? [] : lookAtRedis(env.REDIS_URL),
    options.role === 'bot' ? [] : clusterOf(options.role, options, env, signal),
  ]);
  const all = looks.flat();
  out(options.isJson ? `${JSON.stringify({ ok: isWell(all), findings: all }, null, 2)}\n` : findingsText(all));
  return isWell(all) ? 0 : 1;
};

/** Where nothing says which process this is: the one whose cluster is named, else the bot. */
function configurationOf(role: DoctorRole | null, env: Terminal['env']): Finding[] {
  if (role === 'reap') return [];
  const byNames = env.IPV6CHECK_CLUSTER && !env.IPV6CHECK_CLUSTERS ? 'probe' : 'bot';
  return lookAtConfiguration(env, role ?? byNames);
}

async function clusterOf(
  role: ClusterRole | null,
  options: Options,
  env: Terminal['env'],
  signal: AbortSignal,
): Promise<Finding[]> {
  const { kubeconfig = env.KUBECONFIG || undefined, context = env.KUBE_CONTEXT || undefined, namespaces } = options;
  const { fenceNamespace, admissionFence } = settingsFrom(env).policy;
  try {
    const connected = await connectCluster({
      ...{ name: env.IPV6CHECK_CLUSTER || 'doctor', maxInFlight: 2 },
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
    const looked = { role, namespaces, fenceNamespace, isFenceRequired: admissionFence === 'require' };
    return await lookAtCluster(connected, looked, signal).finally(() => connected.close());
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    // The bot has no credentials of a cluster, and is to have none.
    const isNamed = role !== null || kubeconfig !== undefined;
    const says = isNamed ? error.message : 'No cluster was looked at: there is no kubeconfig here. A bot needs none.';
    return [{ area: 'rights', state: isNamed ? 'wrong' : 'note', says }];
  }
}

/** Of an environment that cannot be read the configuration's own look says so; here its defaults will do. */
function settingsFrom(env: Terminal['env']): ReturnType<typeof readProbeSettings> {
  try {
    return readProbeSettings(env);
  } catch {
    return readProbeSettings({});
  }
}

async function answerMay(
  question: MayQuestion,
  { grants, findings }: { readonly grants: Grants | null; readonly findings: readonly Finding[] },
  isJson: boolean,
  { out, err, env }: Terminal,
): Promise<number> {
  if (!grants) {
    err(`ipv6check doctor: ${findings.at(0)?.says ?? 'GRANTS_FILE is not set, and that is where it is written'}\n`);
    return exitCodes.usage;
  }
  const answers = await explain(question, grants, env, settingsFrom(env).policy.protectedNamespaces);
  const { user, channel, cluster, namespace } = question;
  const about = `${user} in ${channel}, about namespace ${namespace} of cluster ${cluster}:`;
  const lines = answers.map(({ right, answer, why }) => `${answer.padEnd(7)}  ${right.padEnd(16)}  ${why}`);
  out(isJson ? `${JSON.stringify({ ...question, answers }, null, 2)}\n` : `${[about, ...lines].join('\n')}\n`);
  return answers.some(({ answer }) => answer === 'unknown') ? 1 : 0;
}

function optionsFrom(words: readonly string[], env: Terminal['env']): Options | string {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { values, positionals } = parsed;
  const { kubeconfig, context, output, namespace: namespaces = [] } = values;
  if (output !== 'text' && output !== 'json') return `-o takes text or json, not "${output}"`;
  const roleWord = values.role ?? (env.ROLE || null);
  const role = roles.find((each) => each === roleWord) ?? null;
  if (roleWord !== null && role === null) return `--role takes ${roles.join(', ')}, not "${roleWord}"`;
  const common = { kubeconfig, context, role, namespaces, isJson: output === 'json' };
  if (!values.may) {
    return positionals.length > 0 ? `"${positionals.join(' ')}" is not for it` : { ...common, may: null };
  }
  const may = questionFrom(positionals, env);
  return typeof may === 'string' ? may : { ...common, may };
}

function questionFrom(words: readonly string[], env: Terminal['env']): MayQuestion | string {
  const [user = '', channel = '', target = '', ...more] = words;
  if (target === '' || more.length > 0) {
    return '--may takes USER CHANNEL [cluster:]NAMESPACE/NAME, as in --may U0123 C0123 prod:shop/checkout';
  }
  if (!/^[UW][A-Z0-9]+$/.test(user)) return `"${user}" is not the id of a Slack user, as in U0123`;
  if (!/^[CDG][A-Z0-9]+$/.test(channel)) return `"${channel}" is not the id of a Slack channel, as in C0123`;
  const request = parseRequest(target);
  if (!request.ok) return request.problem;
  const [byDefault = env.IPV6CHECK_CLUSTER ?? ''] = (env.IPV6CHECK_CLUSTERS ?? '').split(',').filter(Boolean);
  return { user, channel, cluster: request.cluster ?? byDefault.trim(), namespace: namespaceOf(request.target) };
}

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      may: { type: 'boolean', default: false },
      role: { type: 'string' },
      namespace: { type: 'string', multiple: true },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      output: { type: 'string', short: 'o', default: 'text' },
    },
  });
}
