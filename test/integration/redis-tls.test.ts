import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../lab/asking.ts';
import { runCli } from '../../lab/product.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';
import { freePort, serverPath } from '../helpers/redis.ts';

const password = 'sesame';

let folder: string;
let undo: (() => Promise<void> | void)[];
let url: string;
let ca: string;

/** A Redis that speaks nothing but TLS, behind a certificate that a new authority of its own has signed. */
beforeEach(async () => {
  [folder, undo] = [mkdtempSync(join(tmpdir(), 'ipv6check-redis-tls-')), []];
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  ca = join(folder, 'ca.crt');
  const openssl = (...words: string[]) => {
    const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ];
  openssl('req', '-x509', ...key('ca'), '-out', 'ca.crt', '-days', '2', '-subj', '/CN=authority');
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'];
  const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key'];
  openssl(
    'req',
    '-x509',
    ...key('redis'),
    ...signing,
    ...names,
    '-out',
    'redis.crt',
    '-days',
    '2',
    '-subj',
    '/CN=redis',
  );

  const port = await freePort();
  const options = {
    ...{
      port: 0,
      'tls-port': port,
      bind: '127.0.0.1',
      dir: folder,
      requirepass: password,
      appendonly: 'yes',
      save: '',
    },
    ...{
      'tls-cert-file': 'redis.crt',
      'tls-key-file': 'redis.key',
      'tls-ca-cert-file': 'ca.crt',
      'tls-auth-clients': 'no',
    },
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', serverPath(), ...words], {
    cwd: folder,
    stdio: 'ignore',
  });
  undo.push(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  url = `rediss://:${password}@127.0.0.1:${port}`;
  const client = new Redis(url, { tls: { ca: readFileSync(ca) }, maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => {}); // refused until the server listens
  await client.ping();
  client.disconnect();
}, 30_000);

afterEach(async () => {
  for (const step of undo.toReversed()) await step();
}, 30_000);

async function start(env: Readonly<Record<string, string>>): Promise<Session> {
  const session = await startSession({ seed: 83, without: ['remediate'], redis: { url, stop: async () => {} }, env });
  undo.push(() => session.close());
  return session;
}

describe('integration/redis-tls', () => {
  it('checks over a Redis that speaks TLS alone, whose authority it was told of', async () => {
    const running = await start({ NODE_EXTRA_CA_CERTS: ca });
    await awaitBot(running);

    const { card } = await ask(running, '/ipv6check shop/checkout');

    expect(card?.text).toContain('Reachable');
    const { stdout } = await runCli(['doctor', '--role', 'bot', '-o', 'json'], running.env);
    expect(stdout).toContain('Redis answers over TLS, and keeps what it is given.');
    for (const { log } of running.processes.values()) expect(log()).not.toContain(password);
  }, 90_000);

  it('does not speak with a Redis whose certificate nobody vouches for, and says that in its log', async () => {
    const running = await start({});
    await awaitBot(running);

    const { card, ephemeral } = await ask(running, '/ipv6check shop/checkout');

    expect(card).toBeNull();
    expect(ephemeral).toContain('Redis');
    for (const { log } of running.processes.values()) {
      await expect.poll(log, { timeout: 10_000 }).toMatch(/certificate|CERT|SELF_SIGNED/);
      expect(log()).not.toContain(password);
    }
  }, 90_000);
});
