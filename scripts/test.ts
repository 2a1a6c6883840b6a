import { spawnSync } from 'node:child_process';

/** Everything, on a fresh machine: types, lint, format, then every test. Arguments go to vitest. */
const steps = [
  [process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit'],
  [process.execPath, 'node_modules/typescript/bin/tsc', '--project', 'lab/workspace/page'],
  [process.execPath, 'node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off', '.'],
  [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
] as const;

for (const [command, ...args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
