import { z } from 'zod';
import { BotError } from './errors.ts';

export type Role = 'bot' | 'probe' | 'remediate';

const text = z.string().trim().min(1, 'is empty');
const DnsLabel = text.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is not a DNS-1123 label');
const url = (...schemes: readonly string[]) =>
  text.refine(
    (value) => schemes.includes(URL.parse(value)?.protocol ?? ''),
    `is not a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );
const list = (entry: z.ZodType<string>, minimum = 0) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').flatMap((part) => part.trim() || []) : value),
    z.array(entry).min(minimum, 'is an empty list'),
  );
const whole = (minimum: number, maximum: number, fallback: number) => {
  const problem = `is not a whole number from ${minimum} to ${maximum}`;
  return z.coerce.number(problem).int(problem).min(minimum, problem).max(maximum, problem).default(fallback);
};

/** Every variable that any process reads, in the order of `.env.example`. */
const variables = {
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'is not a log level').default('info'),
  HEALTH_PORT: whole(0, 65_535, 8080),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  REDIS_URL: url('redis:', 'rediss:'),
  SLACK_BOT_TOKEN: text,
  SLACK_APP_TOKEN: text.optional(),
  SLACK_SIGNING_SECRET: text.optional(),
  SLACK_MODE: z.enum(['socket', 'http'], 'is neither socket nor http').default('socket'),
  PORT: whole(1, 65_535, 3000),
  SLACK_API_URL: url('http:', 'https:').optional(),
  IPV6CHECK_CLUSTERS: list(DnsLabel).default([]),
  ROLE: z.enum(['probe', 'remediate'], 'is neither probe nor remediate').optional(),
  IPV6CHECK_CLUSTER: DnsLabel.optional(),
  KUBECONFIG: text.optional(),
  KUBE_CONTEXT: text.optional(),
  GRANTS_FILE: text.optional(),
  DECISION_KEY: text.min(32, 'is shorter than 32 characters').optional(),
  APPROVER_GROUP: text.regex(/^S[A-Z0-9]+$/, 'is not the id of a Slack user group').optional(),
  POLICY_TTL_MINUTES: whole(1, 10_080, 30),
  POLICY_MAX_MINUTES: whole(1, 10_080, 240),
  PROTECTED_NAMESPACES: list(DnsLabel).default(['kube-system', 'calico-system', 'calico-apiserver', 'tigera-operator']),
  SWEEP_SECONDS: whole(1, 60, 30),
  ADMISSION_FENCE: z.enum(['require', 'warn'], 'is neither require nor warn').default('warn'),
  FENCE_NAMESPACE: DnsLabel.default('default'),
  ANCHORS_IPV6: list(z.ipv6('is not a list of IPv6 addresses'), 1).default([
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
  ]),
  ANCHORS_IPV4: list(z.ipv4('is not a list of IPv4 addresses')).default(['8.8.8.8', '1.1.1.1']),
  ANCHOR_PORT: whole(1, 65_535, 443),
  MAX_IN_FLIGHT: whole(2, 256, 8),
  LOCK_MS: whole(500, 600_000, 10_000),
  STALLED_MS: whole(250, 600_000, 5_000),
} as const;

const Environment = z.object(variables);
type Environment = z.infer<typeof Environment>;
type Name = keyof Environment;

export const variableNames: readonly string[] = Object.keys(variables);

/** Must be set to any value, for the process to be able to do its work. */
function requiredBy(role: Role, { SLACK_MODE }: Partial<Environment>): Name[] {
  if (role === 'probe') return ['IPV6CHECK_CLUSTER'];
  if (role === 'remediate') return ['IPV6CHECK_CLUSTER', 'GRANTS_FILE', 'DECISION_KEY'];
  return [
    SLACK_MODE === 'http' ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN',
    'IPV6CHECK_CLUSTERS',
    'GRANTS_FILE',
    'DECISION_KEY',
  ];
}

export type Config = ReturnType<typeof group>;

/** Reads the environment, and nothing else does. Names every problem at once, and never a value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, role: Role): Config {
  // An empty variable is an unset one: that is how Compose and Kubernetes pass what nobody filled in.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = Environment.safeParse(set);
  const mode = set.SLACK_MODE === 'http' ? 'http' : 'socket';
  const missing = requiredBy(role, { SLACK_MODE: mode }).filter((name) => set[name] === undefined);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, set))),
    ...missing.map((name) => `${name} is not set`),
    ...(parsed.success ? contradictions(parsed.data, role) : []),
  ];
  if (!parsed.success || problems.length > 0) throw new BotError('CONFIG_INVALID', [...new Set(problems)].join('; '));
  return group(parsed.data, role);
}

function problemOf({ path, message }: z.core.$ZodIssue, set: Readonly<Record<string, unknown>>): string {
  const name = String(path[0]);
  return set[name] === undefined ? `${name} is not set` : `${name} ${message}`;
}

function contradictions(environment: Environment, role: Role): string[] {
  const { POLICY_TTL_MINUTES: ttl, POLICY_MAX_MINUTES: maximum, IPV6CHECK_CLUSTERS: clusters, ROLE } = environment;
  return [
    ...(ttl > maximum ? ['POLICY_TTL_MINUTES is more than POLICY_MAX_MINUTES'] : []),
    ...(role === 'bot' && clusters.length === 0 ? ['IPV6CHECK_CLUSTERS names no cluster'] : []),
    ...(role !== 'bot' && ROLE !== undefined && ROLE !== role ? [`ROLE is not ${role}`] : []),
  ];
}

/** What a check in a terminal takes from the environment: all of it has a default. */
export function readProbeSettings(env: Readonly<Record<string, string | undefined>>): Pick<Config, 'probe' | 'policy'> {
  const wanted = ['ANCHORS_IPV6', 'ANCHORS_IPV4', 'ANCHOR_PORT', 'MAX_IN_FLIGHT', 'PROTECTED_NAMESPACES'] as const;
  const lives = ['POLICY_TTL_MINUTES', 'POLICY_MAX_MINUTES', 'ADMISSION_FENCE', 'FENCE_NAMESPACE'] as const;
  const own = Object.fromEntries([...wanted, ...lives].map((name) => [name, env[name]]));
  // The rest is what a prober needs for its queue and for Slack, of which there is neither.
  const rest = { REDIS_URL: 'redis://unused', SLACK_BOT_TOKEN: 'unused', IPV6CHECK_CLUSTER: 'terminal' };
  return readConfig({ ...own, ...rest }, 'probe');
}

function group(environment: Environment, role: Role) {
  const { SLACK_API_URL: apiUrl } = environment;
  return {
    role,
    logLevel: environment.LOG_LEVEL,
    /** 0 is none. */
    healthPort: environment.HEALTH_PORT,
    tracesEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    redisUrl: environment.REDIS_URL,
    slack: {
      mode: environment.SLACK_MODE,
      botToken: environment.SLACK_BOT_TOKEN,
      appToken: environment.SLACK_APP_TOKEN ?? '',
      signingSecret: environment.SLACK_SIGNING_SECRET ?? '',
      port: environment.PORT,
      // Slack's client joins the method's name onto it.
      apiUrl: apiUrl === undefined || apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
    },
    /** What the bot offers; the first is the default. */
    clusters: environment.IPV6CHECK_CLUSTERS,
    /** A worker's own. */
    cluster: environment.IPV6CHECK_CLUSTER ?? '',
    kubernetes: { kubeconfig: environment.KUBECONFIG, context: environment.KUBE_CONTEXT },
    grantsFile: environment.GRANTS_FILE ?? '',
    decisionKey: environment.DECISION_KEY ?? '',
    policy: {
      approverGroup: environment.APPROVER_GROUP ?? null,
      ttlMinutes: environment.POLICY_TTL_MINUTES,
      maximumMinutes: environment.POLICY_MAX_MINUTES,
      protectedNamespaces: environment.PROTECTED_NAMESPACES,
      sweepSeconds: environment.SWEEP_SECONDS,
      admissionFence: environment.ADMISSION_FENCE,
      fenceNamespace: environment.FENCE_NAMESPACE,
    },
    probe: {
      anchorsIpv6: environment.ANCHORS_IPV6,
      anchorsIpv4: environment.ANCHORS_IPV4,
      anchorPort: environment.ANCHOR_PORT,
      maxInFlight: environment.MAX_IN_FLIGHT,
    },
    queue: { lockMs: environment.LOCK_MS, stalledMs: environment.STALLED_MS },
  };
}
