import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitRedis, freePort, type LabRedis, redisServer } from '../../lab/redis.ts';

export interface MortalRedis extends LabRedis {
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** The same port, and what the append-only file remembers. */
  restart(): Promise<void>;
  /** What it remembers; only while it is dead. */
  forget(): void;
}

/** A real Redis with an append-only file, as operations.md asks for one. */
export async function startMortalRedis(): Promise<MortalRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-chaos-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess;

  async function restart(): Promise<void> {
    const options = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '' };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', redisServer(), ...words], { stdio: 'ignore' });
    await awaitRedis(url, 10_000);
  }
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  await restart();
  return {
    ...{ url, kill, restart },
    forget() {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
