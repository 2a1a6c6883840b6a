import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterOptions, startCluster } from './cluster/start.ts';
import type { Network, World } from './contract.ts';
import { startNetwork } from './network/start.ts';
import { makeWorld } from './network/world.ts';
import { type ProductProcess, type ProductRole, startProcess } from './product.ts';
import { freePort, type LabRedis, startRedis } from './redis.ts';
import { startWorkspace } from './workspace/start.ts';
import type { LabWorkspace } from './workspace/workspace.ts';

export interface SessionOptions {
  readonly fault?: string | undefined;
  readonly seed?: number | undefined;
  readonly http?: boolean;
  /** Added to every product process's environment: shorter locks, another time to live. */
  readonly env?: Readonly<Record<string, string>>;
  /** Other rights than the lab's own, by user. */
  readonly roles?: NonNullable<ClusterOptions['roles']>;
  /** Other scopes of the app's token than all that any method needs. */
  readonly scopes?: readonly string[];
  /** Processes that the caller starts itself. */
  readonly without?: readonly ProductRole[];
  readonly redis?: LabRedis;
  /** The API server's clock. */
  readonly now?: () => Date;
}

export type Session = Awaited<ReturnType<typeof startSession>>;

/** Alice may ask; Bob and Carol, the approvers' group, may decide. */
function grantsFor(workspace: LabWorkspace): string {
  const everywhere = { namespaces: ['*'], clusters: ['*'] };
  return JSON.stringify({
    grants: [
      { users: [workspace.people.alice.id], ...everywhere, may: ['check'] },
      { userGroups: [workspace.approvers], ...everywhere, may: ['check', 'approve'] },
    ],
  });
}

/** The whole lab with the product running in it. What was started is stopped when a later part cannot start. */
export async function startSession(options: SessionOptions = {}) {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const world: World = makeWorld({
      ...(options.fault === undefined ? {} : { fault: options.fault }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    const redis = options.redis ?? (await startRedis());
    if (!options.redis) undo.push(() => redis.stop());
    const network: Network = await startNetwork(world);
    undo.push(() => network.close());
    const roles = options.roles === undefined ? {} : { roles: options.roles };
    const cluster = await startCluster({
      ...{ objects: world.objects, network, ...roles },
      ...(options.now === undefined ? {} : { now: options.now }),
    });
    undo.push(() => cluster.close());
    const port = await freePort();
    const workspace = await startWorkspace({
      ...(options.http ? { http: { requestUrl: `http://127.0.0.1:${port}/slack/events` } } : {}),
      ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    });
    undo.push(() => workspace.close());

    const folder = mkdtempSync(join(tmpdir(), 'ipv6check-lab-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    // A Redis of someone else's may hold the queues of another lab: ours have a name of their own there.
    const clusterName = process.env.REDIS_URL ? `lab-${randomBytes(4).toString('hex')}` : 'lab';
    const kubeconfig = {
      bot: '',
      probe: file('prober.kubeconfig', cluster.kubeconfig('prober')),
      remediate: file('writer.kubeconfig', cluster.kubeconfig('writer')),
    };
    const env: Record<string, string> = {
      REDIS_URL: redis.url,
      SLACK_API_URL: workspace.apiUrl,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_SIGNING_SECRET: workspace.signingSecret,
      SLACK_MODE: options.http ? 'http' : 'socket',
      PORT: String(port),
      IPV6CHECK_CLUSTERS: clusterName,
      GRANTS_FILE: file('grants.json', grantsFor(workspace)),
      DECISION_KEY: randomBytes(32).toString('hex'),
      APPROVER_GROUP: workspace.approvers,
      LOG_LEVEL: 'info',
      // Several processes of one machine; a test that wants to watch one gives it a port.
      HEALTH_PORT: '0',
      ...options.env,
    };

    const start = (role: ProductRole): ProductProcess => {
      const own: Record<string, string> =
        role === 'bot' ? {} : { IPV6CHECK_CLUSTER: clusterName, KUBECONFIG: kubeconfig[role] };
      const started = startProcess(role, { ...env, ...own });
      undo.push(() => started.stop());
      return started;
    };
    const wanted = (['bot', 'probe', 'remediate'] as const).filter((role) => !options.without?.includes(role));
    const processes = new Map(wanted.map((role) => [role, start(role)]));

    return { world, network, cluster, workspace, redis, clusterName, kubeconfig, env, folder, processes, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when the bot hears its workspace; rejects with its log when it ends before. */
export async function awaitBot({ workspace, processes, env }: Session): Promise<void> {
  const bot = processes.get('bot');
  if (!bot) throw new Error('this session has no bot');
  const deadline = Date.now() + 20_000;
  const isUp = async () => {
    if (env.SLACK_MODE !== 'http') return workspace.openSockets() > 0;
    return fetch(`http://127.0.0.1:${env.PORT}/slack/events`).then(
      () => true,
      () => false,
    );
  };
  while (!(await isUp())) {
    if (bot.child.exitCode !== null) throw new Error(`the bot ended with ${bot.child.exitCode}:\n${bot.log()}`);
    if (Date.now() > deadline) throw new Error(`the bot does not hear its workspace after 20 s:\n${bot.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
