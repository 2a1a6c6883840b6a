import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface LabRedis {
  readonly url: string;
  /** Stops what was started here; a Redis that was named by REDIS_URL goes on. */
  stop(): Promise<void>;
}

/** @throws Error with a sentence where there is none */
export function redisServer(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) => folders.map((folder) => join(folder, name)));
  const server = candidates.find((path) => existsSync(path));
  if (server) return server;
  throw new Error('neither redis-server nor valkey-server is installed, and REDIS_URL is not set');
}

/** A port that was free a moment ago, on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Resolves when a Redis answers PING at `url`; rejects with a sentence when it does not within `withinMs`. */
export async function awaitRedis(url: string, withinMs: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ping(hostname, Number(port || 6379));
    // -NOAUTH also proves a Redis; whether the password is right is for its clients to say.
    if (/^(\+PONG|-NOAUTH|-DENIED)/.test(answer)) return;
    if (Date.now() >= deadline) throw new Error(`Redis at ${hostname}:${port || 6379} does not answer (${answer})`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function ping(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: 1_000 });
    const end = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString('latin1').trim()));
    socket.once('timeout', () => end('no answer within 1 s'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

/** A real Redis (or Valkey) on a free port with an append-only file; or the one that REDIS_URL names. */
export async function startRedis(): Promise<LabRedis> {
  const given = process.env.REDIS_URL;
  if (given) {
    await awaitRedis(given, 2_000);
    return { url: given, stop: async () => {} };
  }

  const server = redisServer();
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-redis-'));
  const port = await freePort();
  const options = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // The signal on the parent's death keeps a killed lab from leaving a Redis behind.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', server, ...words], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

  const url = `redis://127.0.0.1:${port}`;
  try {
    await Promise.race([
      awaitRedis(url, 10_000),
      ended.then(() => Promise.reject(new Error(`${server} ended at once; run it by hand to see why`))),
    ]);
  } catch (error) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
