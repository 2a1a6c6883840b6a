#!/usr/bin/env node
// `kubectl ipv6check …`: plain JavaScript for any Node from 18 on, which finds one that is new enough for the rest.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../dist/workers/cli/main.js', import.meta.url));

function findNode() {
  try {
    // The runtime that the package brings, wherever npm has put it.
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
    process.stderr.write('ipv6check: this needs Node 24 or newer\n');
    return process.exit(69);
  }
}

const child = spawn(findNode(), [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`ipv6check: it cannot be started: ${error.message}\n`);
  process.exit(69);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
