import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';

export interface TestRedis {
  readonly url: string;
  /** Random, so that a shared Redis serves any number of tests at once. */
  readonly keyPrefix: string;
  stop(): Promise<void>;
}

export interface OwnRedis extends TestRedis {
  /** SIGKILL, then the same server on the same port and files. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** A process that neither answers nor goes away. */
  freeze(): void;
  thaw(): void;
  wipe(): Promise<void>;
}

const prefix = (): string => `test-${Math.random().toString(36).slice(2, 10)}`;

/** A real Redis: the one that REDIS_URL names, else one of its own. */
export async function startRedis(): Promise<TestRedis> {
  const url = process.env.REDIS_URL;
  return url ? { url, keyPrefix: prefix(), stop: async () => {} } : startOwnRedis();
}

/** One that a test may kill, with an append-only file in a folder of its own. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-test-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(folder, port);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  return {
    url,
    keyPrefix: prefix(),
    kill: () => end('SIGKILL'),
    restart: async () => {
      child = await launch(folder, port);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    wipe: async () => {
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    },
    stop: async () => {
      child.kill('SIGCONT');
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, port: number): Promise<ChildProcess> {
  const options = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', appendfsync: 'always', save: '' };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // The signal on the parent's death keeps a killed test run from leaving a server behind.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', serverPath(), ...words], { stdio: 'ignore' });
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => {}); // refused until the server listens
  const died = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the Redis server ended with ${code}`)));
    child.once('error', reject);
  });
  try {
    await Promise.race([client.ping(), died]);
  } finally {
    client.disconnect();
  }
  died.catch(() => {}); // its end is expected from now on
  return child;
}

export function serverPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error('neither redis-server nor valkey-server is installed');
  return found;
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
