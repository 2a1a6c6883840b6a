import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../lab/redis.ts';
import { helm, leastValues, render } from '../helpers/chart.ts';
import { containersOf, podSpecOf } from '../helpers/pod-security.ts';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const password = '0123456789abcdef-_XYZ';
const undo: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Starts what the chart's container would, with its paths in a folder. */
async function start(secret: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const objects = render({ ...leastValues, redis: { enabled: true, existingSecret: 'ipv6check-redis' } });
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-redis-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['data', 'run', 'etc']) mkdirSync(join(folder, name));
  const here = (text: string) =>
    text
      .replaceAll('/data', join(folder, 'data'))
      .replaceAll('/run/redis', join(folder, 'run'))
      .replaceAll('/etc/redis', join(folder, 'etc'));

  const { data } = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'ipv6check-redis')!;
  writeFileSync(join(folder, 'etc/redis.conf'), here((data as Record<string, string>)['redis.conf']!));
  const [container] = containersOf(podSpecOf(objects.find(({ kind }) => kind === 'StatefulSet')!)!);
  const { command, args } = container as { command: string[]; args: string[] };
  const port = await freePort();
  const [script] = args;
  const words = [...command.slice(1), `${here(script!).trimEnd()} --port ${port} --bind 127.0.0.1`];
  const child = spawn(command[0]!, words, { env: { PATH: process.env.PATH, REDIS_PASSWORD: secret } });
  undo.push(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
  return { port, child };
}

function connect(port: number, secret?: string): Redis {
  const client = new Redis({ port, host: '127.0.0.1', ...(secret === undefined ? {} : { password: secret }) });
  client.on('error', () => {}); // refused until it listens
  undo.push(() => client.disconnect());
  return client;
}

describe.skipIf(!helm.isThere || !hasRedis)(`deploy/redis${helm.note}`, () => {
  it('starts with what a queue needs, and for nobody without the password', async () => {
    const { port } = await start(password);
    const client = connect(port, password);

    expect(await client.ping()).toBe('PONG');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    await expect(connect(port).ping()).rejects.toThrow(/NOAUTH/);
  });

  it.each(['', 'a"b', 'a b', 'a@b', 'a/b', "a'b"])(
    'says what is wrong with %j, which no URL would carry',
    async (secret) => {
      const { child } = await start(secret);
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number];

      expect({ code, said }).toEqual({ code: 64, said: expect.stringContaining('letters, digits, _ and - only') });
      if (secret !== '') expect(said).not.toContain(secret);
    },
  );
});
