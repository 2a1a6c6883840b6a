import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';

/** A stranger's shell: an empty HOME, no settings of npm, and commands of ours before those of the machine. */
function environment(more: Readonly<Record<string, string>> = {}) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS|VITEST|IPV6CHECK|REDIS_URL|CI$)/i.test(name),
  );
  return { ...Object.fromEntries(own), HOME: folder, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...more };
}

function launch(args: readonly string[], { input = '', ...more }: Readonly<Record<string, string>> = {}) {
  return spawnSync('node', [join(folder, 'scripts/run.mjs'), ...args], {
    ...{ encoding: 'utf8', input, env: environment(more) },
  });
}

function write(path: string, ...lines: string[]) {
  writeFileSync(join(folder, path), `${lines.join('\n')}\n`, { mode: 0o755 });
}

/** An npm that brings the packages of this checkout, and says so on standard output as npm does. */
const npm = (status = 0) => [
  '#!/bin/sh',
  'echo "added packages"',
  `echo "$@" >> '${folder}/npm.log'`,
  `[ ${status} = 0 ] && ln -s '${resolve('node_modules')}'/node-* '${folder}/node_modules/'`,
  `exit ${status}`,
];

const timesInstalled = () => {
  const log = join(folder, 'npm.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-launcher-'));
  for (const name of ['bin', 'node_modules', 'scripts']) mkdirSync(join(folder, name));
  for (const name of ['package-lock.json', 'scripts/run.mjs']) cpSync(name, join(folder, name));
  write('package.json', '{ "type": "module" }');
  write('bin/npm', ...npm());
  write('bin/apt-get', '#!/bin/sh', `echo "$@" >> '${folder}/apt.log'`);
  write(
    'scripts/needs.mjs',
    "export const needs = [{ command: 'no-such-tool', or: 'its-fork', apt: 'such-package', for: ['lab', 'test'], unless: 'TOOL_URL' }];",
    "export const kindOf = { 'lab.ts': 'lab', 'test.ts': 'test' };",
  );
  write('node.ts', 'const version: string = process.versions.node;', 'console.log(version);');
  write('exit.ts', 'process.exit(Number(process.argv[2]));');
  write('echo.ts', 'process.stdin.pipe(process.stdout);');
  write('die.ts', "process.kill(process.pid, 'SIGTERM');", 'setInterval(() => {}, 1000);');
  write('lab.ts', "console.log('started');");
  write('test.ts', "console.log('missing', process.env.IPV6CHECK_MISSING);");
  write(
    'wait.ts',
    "for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log(signal); process.exit(5); });",
    "console.log('waiting');",
    'setTimeout(() => process.exit(9), 20_000);',
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('scripts/run', () => {
  it('installs the lockfile first, starts the pinned Node, and keeps standard output for the script', () => {
    const { status, stdout, stderr } = launch(['node.ts']);

    expect(status).toBe(0);
    expect(stdout).toMatch(/^24\.\d+\.\d+\n$/);
    expect(stderr).toContain('installing packages');
    expect(stderr).toContain('added packages');
    expect(readFileSync(join(folder, 'npm.log'), 'utf8')).toMatch(/^ci /);
  });

  it('installs again when the lockfile has changed, and only then', () => {
    launch(['node.ts']);
    const { stderr } = launch(['node.ts']);
    expect(stderr).toBe('');
    expect(timesInstalled()).toBe(1);

    write('package-lock.json', '{}');
    launch(['node.ts']);
    expect(timesInstalled()).toBe(2);
  });

  it('starts nothing and installs anew the next time when npm fails', () => {
    write('bin/npm', ...npm(1));
    const { status, stdout, stderr } = launch(['node.ts']);
    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    expect(stderr).toContain('npm ci failed');

    write('bin/npm', ...npm());
    expect(launch(['node.ts']).status).toBe(0);
  });

  it.each([0, 1, 2, 64, 69])('passes on an argument and exit code %i', (code) => {
    expect(launch(['exit.ts', String(code)]).status).toBe(code);
  });

  it('passes on standard input', () => {
    expect(launch(['echo.ts'], { input: 'one line\n' }).stdout).toBe('one line\n');
  });

  it('says 128 + n when a signal ended the script', () => {
    expect(launch(['die.ts']).status).toBe(143);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'passes on %s and waits for what the script makes of it',
    async (signal) => {
      const launcher = spawn('node', [join(folder, 'scripts/run.mjs'), 'wait.ts'], { env: environment() });
      let said = '';
      launcher.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said === 'waiting\n') launcher.kill(signal);
      });
      const [code] = await once(launcher, 'close');

      expect(code).toBe(5);
      expect(said).toBe(`waiting\n${signal}\n`);
    },
  );

  it.each([['nope.ts'], []])('names a script that does not exist', (...args) => {
    const { status, stderr } = launch(args);

    expect(status).toBe(64);
    expect(stderr).toContain(args[0] ?? 'none given');
    expect(timesInstalled()).toBe(0);
  });

  it.each`
    script       | env               | status | stdout
    ${'lab.ts'}  | ${{}}             | ${69}  | ${''}
    ${'lab.ts'}  | ${{ CI: 'true' }} | ${69}  | ${''}
    ${'test.ts'} | ${{ CI: 'true' }} | ${69}  | ${''}
    ${'test.ts'} | ${{}}             | ${0}   | ${'missing no-such-tool\n'}
  `('ends $script with $status where $env and a need is missing', ({ script, env, ...expected }) => {
    const { status, stdout, stderr } = launch([script], env);

    expect({ status, stdout }).toEqual(expected);
    expect(stderr).toContain('missing: no-such-tool');
    expect(stderr).toContain('apt-get install -y --no-install-recommends such-package');
  });

  it.each`
    how                                    | prepare
    ${'the command itself'}                | ${() => ({ at: 'no-such-tool' })}
    ${'another command that will do'}      | ${() => ({ at: 'its-fork' })}
    ${'a variable that makes it needless'} | ${() => ({ env: { TOOL_URL: 'redis://elsewhere' } })}
  `('takes $how for what is needed', ({ prepare }) => {
    const { at, env } = prepare();
    if (at) symlinkSync('/bin/true', join(folder, 'bin', at));
    const { status, stdout } = launch(['lab.ts'], env);

    expect({ status, stdout }).toEqual({ status: 0, stdout: 'started\n' });
    expect(existsSync(join(folder, 'apt.log'))).toBe(false);
  });

  it('asks nothing of the system for a script that needs only Node', () => {
    expect(launch(['node.ts'], { CI: 'true' }).stderr).not.toContain('missing');
  });

  describe('what Go builds', () => {
    beforeEach(() => {
      write(
        'scripts/needs.mjs',
        "export const needs = [{ command: 'no-such-tool', go: 'example.com/tool/cmd@v1.2.3', for: ['test'] }];",
        "export const kindOf = { 'test.ts': 'test' };",
      );
    });

    it('is built once, into a folder of ours, and found by the script', () => {
      write(
        'bin/go',
        '#!/bin/sh',
        `echo "$@" >> '${folder}/go.log'`,
        'mkdir -p "$GOBIN" && ln -s /bin/true "$GOBIN/no-such-tool"',
      );
      write('test.ts', 'console.log(process.env.IPV6CHECK_MISSING, process.env.PATH);');
      const { status, stdout, stderr } = launch(['test.ts'], { CI: 'true' });

      expect(status).toBe(0);
      expect(stdout).toContain(`undefined ${folder}/bin:`);
      expect(stdout).toContain(`:${folder}/.cache/ipv6check/bin`);
      expect(stderr).toContain('building no-such-tool (go install example.com/tool/cmd@v1.2.3)');
      expect(launch(['test.ts']).stderr).not.toContain('building');
      expect(readFileSync(join(folder, 'go.log'), 'utf8')).toBe('install example.com/tool/cmd@v1.2.3\n');
    });

    it('is skipped by name where Go cannot build it, under CI as well', () => {
      write('bin/go', '#!/bin/sh', 'echo "requires go >= 1.26" >&2', 'exit 1');
      const { status, stdout, stderr } = launch(['test.ts'], { CI: 'true' });

      expect({ status, stdout }).toEqual({ status: 0, stdout: 'missing no-such-tool\n' });
      expect(stderr).toContain('missing: no-such-tool, skipped by name');
    });
  });

  it.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))(
    'installs what is missing where it may, with one update, and goes on',
    () => {
      write(
        'bin/apt-get',
        '#!/bin/sh',
        `echo "$@" >> '${folder}/apt.log'`,
        `ln -sf /bin/true '${folder}/bin/no-such-tool'`,
      );
      const { status, stdout, stderr } = launch(['lab.ts']);

      expect({ status, stdout }).toEqual({ status: 0, stdout: 'started\n' });
      expect(stderr).toContain('installing such-package');
      expect(readFileSync(join(folder, 'apt.log'), 'utf8')).toBe(
        'update -qq\ninstall -y -qq --no-install-recommends such-package\n',
      );
    },
  );
});
