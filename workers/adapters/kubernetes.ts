import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { HttpMethod, KubeConfig, RequestContext, type User } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';
import type { ClientOptions } from 'ws';
import { parse } from 'yaml';
import { BotError } from '../../src/errors.ts';
import type { Cluster, PolicyWriter, ReadOutcome } from '../../src/ports.ts';
import { productVersion } from '../product-version.ts';
import { type Deed, reviewAccess } from './access-review.ts';
import { isRecord } from './api-answer.ts';
import { type Credentials, CredentialsError, type Door } from './door.ts';
import { ExecSlots } from './exec-slots.ts';
import { policyWriter } from './policy-writer.ts';
import { restClient } from './rest.ts';
import { openSession } from './session.ts';

export interface ConnectOptions {
  readonly name: string;
  /** One file, or several as KUBECONFIG lists them; without it the usual places, then the pod's service account. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Execs at once, over all runs of this process. */
  readonly maxInFlight: number;
}

export interface ConnectedCluster {
  readonly cluster: Cluster;
  readonly writer: PolicyWriter;
  mayI(deed: Deed): Promise<ReadOutcome<boolean>>;
  close(): Promise<void>;
}

/** Reads the configuration and asks the cluster nothing: whether it answers shows with the first request. */
export async function connectCluster({
  name,
  kubeconfig,
  context,
  maxInFlight,
}: ConnectOptions): Promise<ConnectedCluster> {
  const config = loaded(kubeconfig, context);
  const { door, close } = openDoor(config);
  const slots = new ExecSlots(maxInFlight);
  const agentOf = (run: string) => `ipv6check/${productVersion} (run ${run})`;
  const stop = new AbortController();
  const client = (run: string) =>
    restClient({ door, userAgent: agentOf(run), signal: stop.signal, onRequest: () => undefined });

  return {
    cluster: {
      name,
      session: (id, signal) =>
        openSession({ door, slots, userAgent: agentOf(id), signal: AbortSignal.any([signal, stop.signal]) }),
    },
    writer: policyWriter(client('writer')),
    mayI: (deed) => reviewAccess(client('doctor'), deed),
    async close() {
      stop.abort();
      await close();
    },
  };
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

function loaded(kubeconfig: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    const named = (kubeconfig ?? '').split(delimiter).filter((file) => file !== '');
    const files = (named.length > 0 ? named : [join(homedir(), '.kube', 'config')]).filter((file) => existsSync(file));
    if (files.length > 0) config.loadFromOptions(merged(files));
    else if (named.length === 0 && existsSync(serviceAccountToken)) config.loadFromCluster();
    else throw new Error('neither a kubeconfig nor a service account');
  } catch {
    // The library's words may quote the file, and the file holds credentials.
    const what = kubeconfig ? `the kubeconfig ${kubeconfig} cannot be read` : 'there is no kubeconfig to read';
    throw new BotError('CLUSTER_UNAVAILABLE', what);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const current = config.getCurrentContext() ?? '';
  if (!config.getContextObject(current)) {
    const what = current ? `has no context named "${current}"` : 'names no current context';
    throw new BotError('CLUSTER_UNAVAILABLE', `the kubeconfig ${what}`);
  }
  if (!config.getCurrentCluster()) throw new BotError('CLUSTER_UNAVAILABLE', 'the kubeconfig names no cluster');
  return config;
}

/** As kubectl does it: files that are not there are left out, and of two entries of one name the first one counts. */
function merged(files: readonly string[]): Pick<KubeConfig, 'clusters' | 'users' | 'contexts' | 'currentContext'> {
  const configs = files.map((file) => {
    const config = new KubeConfig();
    config.loadFromFile(file);
    config.users = config.users.map((user) => withTokenFile(user, file));
    return config;
  });
  const firsts = <T extends { readonly name: string }>(entries: readonly T[]): T[] =>
    entries.filter(({ name }, at) => entries.findIndex((each) => each.name === name) === at);
  return {
    clusters: firsts(configs.flatMap(({ clusters }) => clusters)),
    users: firsts(configs.flatMap(({ users }) => users)),
    contexts: firsts(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean) ?? '',
  };
}

/** The library knows `token-file`, which kubectl does not, and not `tokenFile`. */
function withTokenFile(user: User, kubeconfig: string): User {
  const whole: unknown = parse(readFileSync(kubeconfig, 'utf8'));
  const entries: unknown[] = isRecord(whole) && Array.isArray(whole.users) ? whole.users : [];
  const entry = entries.filter(isRecord).find(({ name }) => name === user.name)?.user;
  if (!isRecord(entry) || typeof entry.tokenFile !== 'string') return user;
  // Where both are given the file counts.
  const { token: _, ...others } = user;
  const config = { tokenFile: resolve(dirname(kubeconfig), entry.tokenFile) };
  return { ...others, authProvider: { name: 'tokenFile', config } };
}

function openDoor(config: KubeConfig): { door: Door; close(): Promise<void> } {
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/u, '');
  const hasProxy = Boolean(config.getCurrentCluster()?.proxyUrl);
  let identity = '';
  let dispatcher: Dispatcher | null = null;
  const old: Dispatcher[] = [];

  let pending: Promise<Credentials> | null = null;

  /** Requests that start together share one run of an exec plugin. */
  function credentials(): Promise<Credentials> {
    pending ??= obtained().finally(() => {
      pending = null;
    });
    return pending;
  }

  async function obtained(): Promise<Credentials> {
    const options: ClientOptions = { headers: {} };
    try {
      await config.applyToHTTPSOptions(options);
    } catch {
      // Not even as its cause: it quotes what the plugin printed.
      const isPlain = server.startsWith('http:');
      const why = isPlain
        ? 'http:// is refused without insecure-skip-tls-verify'
        : 'its credentials cannot be obtained';
      throw new CredentialsError(`The kubeconfig does not open the API server: ${why}`);
    }
    const { ca, cert, key, passphrase, rejectUnauthorized } = options;
    const tls = defined({ ca, cert, key, passphrase, rejectUnauthorized, servername: textOf(options, 'servername') });
    // Compared as text, so that a renewed client certificate gets connections of its own.
    const nextIdentity = JSON.stringify(tls);
    if (dispatcher === null || nextIdentity !== identity) {
      if (dispatcher) old.push(dispatcher);
      dispatcher = hasProxy ? await proxied() : new Agent({ connect: { ...tls, timeout: 8_000 }, allowH2: false });
      identity = nextIdentity;
    }
    const headers = Object.fromEntries(
      // A token's file may end with a line break, which no header may.
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]),
    );
    const auth = textOf(options, 'auth');
    if (auth) headers.Authorization = `Basic ${Buffer.from(auth).toString('base64')}`;
    // Its own agent would keep the first certificate for ever; only a proxy needs it.
    return { headers, dispatcher, tls: hasProxy ? { ...tls, agent: options.agent } : tls };
  }

  async function proxied(): Promise<Dispatcher> {
    const request = new RequestContext(server, HttpMethod.GET);
    await config.applySecurityAuthentication(request);
    return request.getDispatcher() ?? new Agent();
  }

  return {
    door: { server, credentials },
    async close() {
      await Promise.all([...old, ...(dispatcher ? [dispatcher] : [])].map((each) => each.destroy()));
    },
  };
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Undici and ws take an explicit undefined for a value.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** client-node sets them; the types of ws do not know them. */
function textOf(options: object, name: 'servername' | 'auth'): string | undefined {
  const value: unknown = Object.entries(options).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
