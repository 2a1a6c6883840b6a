import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, fetch, type RequestInit } from 'undici';
import { type ClusterOptions, type LabCluster, startCluster } from '../../../lab/cluster/start.ts';
import type { KubeObject, Network } from '../../../lab/contract.ts';

export interface StandInNetwork extends Network {
  /** What each enforcement was given. */
  readonly enforced: (readonly KubeObject[])[];
}

function problemOf(file: string): string | undefined {
  if (!existsSync(file)) return `exec: "${file}": stat ${file}: no such file or directory`;
  if (statSync(file).isDirectory()) return `exec: "${file}": permission denied`;
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return `exec: "${file}": permission denied`;
  }
}

/** Pods whose commands are plain child processes of this machine. */
export function standInNetwork(enforce: () => Promise<void> = async () => undefined): StandInNetwork {
  const enforced: (readonly KubeObject[])[] = [];
  return {
    world: {
      seed: 1,
      fault: undefined,
      subject: { namespace: 'shop', pod: 'checkout-1', node: 'node1' },
      anchors: [],
      objects: [],
    },
    async resolve(_, [command = '']) {
      if (command.includes('/')) {
        const problem = problemOf(command);
        return problem === undefined ? { ok: true } : { ok: false, problem };
      }
      const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
      return isThere ? { ok: true } : { ok: false, problem: `exec: "${command}": executable file not found in $PATH` };
    },
    exec: (_, [command = '', ...args]) => spawn(command, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] }),
    async enforce(objects) {
      enforced.push(objects);
      await enforce();
    },
    shell: async () => '',
    close: async () => undefined,
    enforced,
  };
}

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

export function pod(
  name: string,
  over: { readonly spec?: object; readonly status?: object; readonly labels?: Record<string, string> } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { app: 'checkout', ...over.labels } },
    spec: { nodeName: 'node1', containers: [{ name: 'app', image: 'shop:1' }], ...over.spec },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', state: running }], ...over.status },
  };
}

const namespace = (name: string, over: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name }, ...over },
  status: { phase: 'Active' },
});

export const objects: readonly KubeObject[] = [
  namespace('shop'),
  namespace('other'),
  namespace('leaving', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1' } },
  pod('checkout-1'),
  pod('checkout-2', { labels: { tier: 'b' } }),
  { ...pod('elsewhere'), metadata: { name: 'elsewhere', namespace: 'other' } },
  pod('multi', {
    spec: {
      containers: [{ name: 'bb' }, { name: 'nt' }],
      initContainers: [{ name: 'init-done' }],
    },
    status: {
      containerStatuses: [
        { name: 'bb', state: running },
        { name: 'nt', state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
      initContainerStatuses: [{ name: 'init-done', state: { terminated: { exitCode: 0 } } }],
    },
  }),
  // Their last status still says running: the phase decides.
  pod('finished', { status: { phase: 'Succeeded' } }),
  pod('evicted', { status: { phase: 'Failed' } }),
  pod('unscheduled', { spec: { nodeName: undefined }, status: { phase: 'Pending', containerStatuses: undefined } }),
  pod('lost', { spec: { nodeName: 'nodez' } }),
  {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'default' },
    spec: { order: 1_000_000, defaultAction: 'Deny' },
  },
];

export interface Lab {
  readonly cluster: LabCluster;
  readonly network: StandInNetwork;
  readonly config: (user: string) => KubeConfig;
  /** What the client library hides: headers, plain bodies, whole Status objects. */
  readonly ask: (user: string, method: string, path: string, options?: AskOptions) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly token?: string;
}

export interface Answer {
  readonly code: number;
  readonly headers: Headers | import('undici').Headers;
  readonly text: string;
  // The shape is what each test is about.
  // biome-ignore lint/suspicious/noExplicitAny: looked at member by member in assertions
  readonly json: any;
}

export function configOf(cluster: LabCluster, user: string): KubeConfig {
  const loaded = new KubeConfig();
  loaded.loadFromString(cluster.kubeconfig(user));
  return loaded;
}

export async function startLab(
  options: Partial<ClusterOptions> & { readonly network?: StandInNetwork } = {},
): Promise<Lab> {
  const network = options.network ?? standInNetwork();
  const cluster = await startCluster({ objects, ...options, network });
  const config = (user: string) => configOf(cluster, user);
  const ca = Buffer.from(config('admin').getCurrentCluster()?.caData ?? '', 'base64').toString();
  const agent = new Agent({ connect: { ca } });

  return {
    cluster,
    network,
    config,
    async ask(user, method, path, { body, headers = {}, token } = {}) {
      const authorization = `Bearer ${token ?? config(user).getCurrentUser()?.token}`;
      const init: RequestInit = {
        method,
        dispatcher: agent,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      const response = await fetch(`${cluster.url}${path}`, init);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json');
      return { code: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    async close() {
      await agent.destroy();
      await cluster.close();
    },
  };
}
