import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What `npm pack` packs: the terminal door as JavaScript, for Node strips no types below node_modules. */
rmSync('dist', { recursive: true, force: true });
const tsc = [process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.pack.json'] as const;
const [command, ...args] = tsc;
const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

for (const name of readdirSync('workers/probes').filter((each) => each.endsWith('.sh'))) {
  cpSync(`workers/probes/${name}`, `dist/workers/probes/${name}`);
}
// The version that a report and a User-Agent show is read from here.
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('dist/package.json', `${JSON.stringify({ type: 'module', version })}\n`);
