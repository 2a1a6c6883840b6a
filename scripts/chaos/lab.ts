import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { KubeObject } from '../../lab/contract.ts';
import { type ProductProcess, type ProductRole, runCli } from '../../lab/product.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';
import { type SteppedClock, steppedClock } from './clock.ts';
import { type MortalRedis, startMortalRedis } from './redis.ts';

/** Everything short, so that a run takes seconds: what a night has minutes for. */
const intervals = { SWEEP_SECONDS: '1', LOCK_MS: '1000', STALLED_MS: '500', POLICY_TTL_MINUTES: '2' };

/** One lab in which run follows run. */
export interface ChaosLab {
  readonly session: Session;
  readonly clock: SteppedClock;
  readonly redis: MortalRedis;
  /** Time passes, for what Redis lets expire too. */
  pass(ms: number): Promise<void>;
  kill(role: ProductRole): void;
  /** Starts what was killed. */
  revive(role: ProductRole): Promise<void>;
  /** The policies of ours that stand. */
  standing(): readonly KubeObject[];
  /** A new IPv6 connect from the pod, as the kernel sees it. */
  connects(): Promise<boolean>;
  stateOf(id: string): Promise<string | null>;
  reap(): Promise<void>;
  /** The verdict of `ipv6check audit verify`. */
  auditIsWhole(): Promise<boolean>;
  logs(): string;
  close(): Promise<void>;
}

export async function startChaosLab(fault: string, seed: number): Promise<ChaosLab> {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-chaos-'));
  const clock = steppedClock(folder);
  const redis = await startMortalRedis();
  const undo = async (): Promise<void> => {
    await redis.stop();
    clock.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const env = { ...intervals, ...clock.env };
  const session = await startSession({ ...{ fault, seed, redis, env }, now: clock.now }).catch(
    async (error: unknown) => {
      await undo();
      throw error;
    },
  );
  const { cluster, network, workspace, world } = session;
  const processes = new Map<ProductRole, ProductProcess>(session.processes);
  const reaper = join(session.folder, 'reaper.kubeconfig');
  writeFileSync(reaper, cluster.kubeconfig('reaper'), { mode: 0o600 });
  const client = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => {}); // it is killed here as a matter of course

  const lab: ChaosLab = {
    ...{ session, clock, redis },
    async pass(ms) {
      clock.step(ms);
      for (const key of await client.keys('ipv6check:claim:*')) {
        await client.pexpire(key, Math.max(1, (await client.pttl(key)) - ms));
      }
    },
    kill: (role) => void processes.get(role)?.child.kill('SIGKILL'),
    async revive(role) {
      const { child } = processes.get(role) ?? {};
      // One that was killed a moment ago may not have died yet.
      if (child && !child.killed && child.exitCode === null) return;
      processes.set(role, session.start(role));
      if (role === 'bot') await workspace.waitFor(() => workspace.openSockets() > 0, 30_000);
    },
    standing: () =>
      cluster.objects().filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'ipv6check'),
    async connects() {
      const { namespace, pod } = world.subject;
      const line = `timeout 2 bash -c '</dev/tcp/${world.anchors[0]?.ipv6}/443' 2>/dev/null && echo open || echo shut`;
      return (await network.shell({ namespace, pod }, line)).trim() === 'open';
    },
    async stateOf(id) {
      const text = await client.hget(`ipv6check:remediation:${id}`, 'record');
      const record: unknown = text === null ? null : JSON.parse(text);
      const state = typeof record === 'object' && record !== null && 'state' in record ? record.state : null;
      return typeof state === 'string' ? state : null;
    },
    async reap() {
      await runCli(['reap'], { ...clock.env, KUBECONFIG: reaper });
    },
    async auditIsWhole() {
      return (await runCli(['audit', 'verify'], { ...clock.env, REDIS_URL: redis.url })).code === 0;
    },
    logs: () => [...processes.values()].map(({ name, log }) => `--- ${name}\n${log()}`).join('\n'),
    async close() {
      client.disconnect();
      await session.close();
      await undo();
    },
  };
  await awaitBot(session).catch(async (error: unknown) => {
    await lab.close();
    throw error;
  });
  return lab;
}
