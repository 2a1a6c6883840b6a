import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';
import type { ClientOptions } from 'ws';
import { BotError } from '../../src/errors.ts';
import type { Cluster, PolicyWriter } from '../../src/ports.ts';
import { productVersion } from '../product-version.ts';
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

  return {
    cluster: {
      name,
      session: (id, signal) =>
        openSession({ door, slots, userAgent: agentOf(id), signal: AbortSignal.any([signal, stop.signal]) }),
    },
    writer: policyWriter(
      restClient({ door, userAgent: agentOf('writer'), signal: stop.signal, onRequest: () => undefined }),
    ),
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
    const files = (kubeconfig ?? '').split(delimiter).filter((file) => file !== '');
    const [first, ...others] =
      files.length > 0 ? files : [join(homedir(), '.kube', 'config')].filter((file) => existsSync(file));
    if (first === undefined) {
      if (!existsSync(serviceAccountToken)) throw new Error('neither a kubeconfig nor a service account');
      config.loadFromCluster();
    } else {
      config.loadFromFile(first);
      for (const file of others) {
        const more = new KubeConfig();
        more.loadFromFile(file);
        config.mergeConfig(more);
      }
    }
  } catch {
    // The library's words may quote the file, and the file holds credentials.
    const what = kubeconfig ? `the kubeconfig ${kubeconfig} cannot be read` : 'there is no kubeconfig to read';
    throw new BotError('CLUSTER_UNAVAILABLE', what);
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (!config.getContextObject(config.getCurrentContext())) {
    throw new BotError('CLUSTER_UNAVAILABLE', `the kubeconfig has no context named "${config.getCurrentContext()}"`);
  }
  if (!config.getCurrentCluster()) throw new BotError('CLUSTER_UNAVAILABLE', 'the kubeconfig names no cluster');
  return config;
}

function openDoor(config: KubeConfig): { door: Door; close(): Promise<void> } {
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/u, '');
  const hasProxy = Boolean(config.getCurrentCluster()?.proxyUrl);
  let identity = '';
  let dispatcher: Dispatcher | null = null;
  const old: Dispatcher[] = [];

  async function credentials(): Promise<Credentials> {
    const options: ClientOptions = { headers: {} };
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      const isPlain = server.startsWith('http:');
      const why = isPlain
        ? 'http:// is refused without insecure-skip-tls-verify'
        : 'its credentials cannot be obtained';
      throw new CredentialsError(`The kubeconfig does not open the API server: ${why}`, { cause: error });
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
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
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
