// The launcher: plain JavaScript for any Node from 18 on, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kindOf, needs } from './needs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What Go builds for us: outside the checkout, so that it is built once. */
const built = join(homedir(), '.cache', 'ipv6check', 'bin');
const [script, ...args] = process.argv.slice(2);
const say = (line) => process.stderr.write(`ipv6check: ${line}\n`);
const give = (code, ...lines) => {
  for (const line of lines) say(line);
  process.exit(code);
};

if (!script || !existsSync(join(root, script))) give(64, `no script ${script ?? '(none given)'}`);

installPackages();
const missing = installNeeds(kindOf[script]);
run(findNode());

/** The lockfile's hash is written beside what it installed, so an up-to-date tree costs one read. */
function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.ipv6check-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;

  say('installing packages (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Standard output belongs to the script: under `npm run -s demo -- --json` it is read by a program.
  const { status, error } = spawnSync(npm, ['ci', '--loglevel=error', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, npm_config_loglevel: 'error', npm_config_ignore_scripts: 'true' },
  });
  if (status !== 0)
    give(69, `npm ci failed${error ? `: ${error.message}` : ''}`, 'Mend what it says above and run this again.');
  writeFileSync(stamp, hash);
}

function searchPath() {
  return [process.env.PATH ?? '', '/usr/sbin', '/sbin', built].join(delimiter);
}

function has(command) {
  const folders = searchPath().split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

function absent(kind) {
  return needs.filter((need) => {
    if (!need.for.includes(kind) || (need.unless && process.env[need.unless])) return false;
    return !has(need.command) && !(need.or && has(need.or));
  });
}

/** @returns {string[]} the commands that are still missing, for the script to skip by name and count */
function installNeeds(kind) {
  if (!kind) return [];
  const unbuilt = buildWithGo(kind);
  let wanted = absent(kind).filter(({ apt }) => apt);
  if (wanted.length === 0) return unbuilt;

  const packages = [...new Set(wanted.map(({ apt }) => apt))];
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    say(`installing ${packages.join(' ')} (apt-get)`);
    const apt = (...words) =>
      spawnSync('apt-get', words, {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    // A service that starts itself would take Redis's port and outlive us.
    const policy = '/usr/sbin/policy-rc.d';
    const mine = !existsSync(policy);
    if (mine) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
    if (mine) spawnSync('rm', ['-f', policy]);
    wanted = absent(kind).filter(({ apt }) => apt);
  }
  if (wanted.length === 0) return unbuilt;

  const commands = wanted.map(({ command }) => command);
  say(`missing: ${commands.join(', ')}`);
  say(`to install: sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`);
  if (kind === 'lab' || process.env.CI === 'true') give(69, 'Nothing was started.');
  return [...unbuilt, ...commands];
}

/** Nothing is refused for want of it: not every machine has a Go that is new enough. */
function buildWithGo(kind) {
  const wanted = absent(kind).filter(({ go }) => go);
  for (const { command, go } of has('go') ? wanted : []) {
    say(`building ${command} (go install ${go}), once`);
    spawnSync('go', ['install', go], { stdio: ['ignore', 2, 2], env: { ...process.env, GOBIN: built } });
  }
  const unbuilt = wanted.filter(({ command }) => !has(command));
  for (const { command, go } of unbuilt) say(`missing: ${command}, skipped by name; to build it: go install ${go}`);
  return unbuilt.map(({ command }) => command);
}

/** The pinned runtime of the lockfile, else a system Node that is new enough to run TypeScript as it is. */
function findNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return give(69, `no Node 24 for ${process.platform}-${process.arch}: install Node 24 or newer and run this again.`);
}

function run(node) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: searchPath(),
      ...(missing.length > 0 ? { IPV6CHECK_MISSING: missing.join(',') } : {}),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => give(69, `cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
}
