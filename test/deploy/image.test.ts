import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, buildInFolders, instructionsOf } from '../helpers/dockerfile.ts';

let folder = '';
let built: Built;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ipv6check-image-'));
  // The base image's npm runs on the base image's Node; here, on whatever Node brought this npm.
  built = buildInFolders('deploy/Dockerfile', folder, process.env.PATH ?? '');
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = join(built.root, built.workdir);
  return spawnSync(process.execPath, [...args], {
    ...{ cwd, encoding: 'utf8', timeout: 20_000 },
    env: { PATH: dirname(process.execPath), ...built.env, ...env },
  });
}

const half = { REDIS_URL: 'redis://:hunter2@127.0.0.1:1', SLACK_BOT_TOKEN: 'xoxb-hunter2', HEALTH_PORT: '0' };

describe('deploy/image', () => {
  it.each`
    role           | args                               | env                               | missing
    ${'bot'}       | ${['src/main.ts']}                 | ${half}                           | ${/SLACK_APP_TOKEN is not set; IPV6CHECK_CLUSTERS is not set; GRANTS_FILE is not set; DECISION_KEY is not set/}
    ${'probe'}     | ${['workers/main.ts']}             | ${{ ...half, ROLE: 'probe' }}     | ${/IPV6CHECK_CLUSTER is not set/}
    ${'remediate'} | ${['workers/main.ts']}             | ${{ ...half, ROLE: 'remediate' }} | ${/IPV6CHECK_CLUSTER is not set; GRANTS_FILE is not set; DECISION_KEY is not set/}
    ${'no role'}   | ${['workers/main.ts']}             | ${half}                           | ${/ROLE is neither probe nor remediate/}
    ${'reap'}      | ${['workers/cli/main.ts', 'reap']} | ${{ KUBECONFIG: '/nonexistent' }} | ${/ipv6check: /}
  `('starts $role, which refuses half a configuration and names what is missing', ({ args, env, missing }) => {
    const { status, stderr, stdout } = start(args, env);

    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(missing);
    expect(stdout + stderr).not.toMatch(/hunter2|ERR_MODULE_NOT_FOUND|ExperimentalWarning|\n {4}at /);
  });

  it('starts the bot unless told otherwise', () => {
    expect(built.command).toEqual(['src/main.ts']);
    expect(start(built.command, half).stderr).toContain('The bot cannot start');
  });

  it('knows its own version', () => {
    const { status, stdout } = start(['workers/cli/main.ts', '--help']);

    expect(status).toBe(0);
    expect(stdout).toContain('ipv6check reap');
  });

  it('holds what production needs, and nothing of the lab, the tests or the tools', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const has = (name: string) => existsSync(join(built.root, 'app/node_modules', name, 'package.json'));

    expect(readdirSync(join(built.root, 'app')).toSorted()).toEqual([
      'LICENSE',
      'node_modules',
      'package.json',
      'src',
      'workers',
    ]);
    expect(Object.keys(dependencies).filter((name) => !has(name))).toEqual([]);
    // Types come along with those who publish theirs.
    expect(Object.keys(devDependencies).filter((name) => has(name) && !name.startsWith('@types/'))).toEqual([]);
    expect(readdirSync(join(built.root, 'app/node_modules')).filter((name) => name.startsWith('node-linux'))).toEqual(
      [],
    );
  });

  it('runs as nobody, without a shell of ours', () => {
    expect(built.user).toBe('65532:65532');
    const runs = instructionsOf('deploy/Dockerfile');
    expect(runs.at(-1)?.verb).toBe('CMD');
    // After the last FROM there is no RUN: a distroless image has nothing to run it with.
    const last = runs.findLastIndex(({ verb }) => verb === 'FROM');
    expect(runs.slice(last).map(({ verb }) => verb)).not.toContain('RUN');
  });

  it('has a probe image for pods without a shell, which is nobody and ends by itself', () => {
    const verbs = instructionsOf('deploy/probe-image/Dockerfile');

    expect(verbs).toContainEqual({ verb: 'USER', rest: '65532:65532' });
    expect(verbs).toContainEqual({ verb: 'FROM', rest: expect.stringMatching(/^busybox:\d+\.\d+/) });
    expect(verbs).toContainEqual({ verb: 'CMD', rest: '["sleep", "600"]' });
  });
});
