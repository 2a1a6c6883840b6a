import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const pinned = `node-${process.platform}-${process.arch}`;
const { optionalDependencies: runtimes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

let folder = '';
let installed: SpawnSyncReturns<string>;

function run(command: string, ...args: string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS)/i.test(name)));
  const strangers = { HOME: join(folder, 'home'), npm_config_cache: join(folder, 'cache') };
  return spawnSync(command, args, { cwd: join(folder, 'app'), encoding: 'utf8', env: { ...env, ...strangers } });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-install-'));
  for (const name of ['home', 'cache', 'app']) mkdirSync(join(folder, name));
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(name, join(folder, 'app', name));
  installed = run('npm', 'ci', '--loglevel=error');
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('scripts/fresh-install', () => {
  it('takes the lockfile on a machine that has seen nothing of it', () => {
    expect(installed.stderr).not.toMatch(/npm error/i);
    expect(installed.status).toBe(0);
    expect(existsSync(join(folder, 'app/node_modules/@kubernetes/client-node/package.json'))).toBe(true);
  });

  it('asks whatever registry the machine has, because no download address is locked', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved":\s*"\w+:/);
  });

  it('pins one Node 24 for every platform', () => {
    const versions = new Set(Object.values(runtimes));

    expect([...versions]).toEqual([expect.stringMatching(/^24\.\d+\.\d+$/)]);
  });

  // npm is silent when a platform's optional package does not come.
  it.skipIf(!(pinned in runtimes))('brings the pinned Node, and it starts', () => {
    const { stdout } = run(join(folder, 'app/node_modules', pinned, 'bin/node'), '--print', 'process.versions.node');

    expect(stdout.trim()).toBe(runtimes[pinned]);
  });

  it('brings the formatter of this platform, and it starts', () => {
    const { status, stdout } = run(process.execPath, 'node_modules/@biomejs/biome/bin/biome', '--version');

    expect(status).toBe(0);
    expect(stdout).toMatch(/\d+\.\d+\.\d+/);
  });
});
