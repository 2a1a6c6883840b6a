import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
let first: ReturnType<typeof launch>;

/** Starts the launcher as a stranger's shell does: an empty HOME, no npm settings, whatever Node is on the PATH. */
function launch(script: string, ...args: string[]) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|VITEST|IPV6CHECK|CI$)/i.test(name)),
  );
  return spawnSync('node', [join(folder, 'scripts/run.mjs'), script, ...args], {
    encoding: 'utf8',
    env: { ...env, HOME: join(folder, 'home') },
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-launcher-'));
  mkdirSync(join(folder, 'home'));
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'scripts']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  writeFileSync(
    join(folder, 'say.ts'),
    'const [code = "0"]: string[] = process.argv.slice(2);\nconsole.log(process.versions.node);\nprocess.exit(Number(code));\n',
  );
  writeFileSync(join(folder, 'die.ts'), "process.kill(process.pid, 'SIGTERM');\nsetInterval(() => {}, 1000);\n");
  first = launch('say.ts');
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('scripts/run', () => {
  it('installs the lockfile from an empty folder with an empty HOME, and keeps standard output for the script', () => {
    const { status, stdout, stderr } = first;

    expect(stderr).toContain('installing packages');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^24\.\d+\.\d+\n$/);
  });

  it('passes on arguments and the exit code, and installs nothing twice', () => {
    const { status, stderr } = launch('say.ts', '7');

    expect(status).toBe(7);
    expect(stderr).toBe('');
  });

  it('says 128 + n when a signal ended the script', () => {
    expect(launch('die.ts').status).toBe(143);
  });

  it('names a script that does not exist', () => {
    const { status, stderr } = launch('nope.ts');

    expect(status).toBe(64);
    expect(stderr).toContain('nope.ts');
  });

  it('locks no download addresses', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "http/);
  });
});
