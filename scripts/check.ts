import { spawnSync } from 'node:child_process';

/** Types, lint and format: what is wrong whatever the tests say. Exits 1 when one of them is. */
const steps = [
  [process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit'],
  [process.execPath, 'node_modules/typescript/bin/tsc', '--project', 'lab/workspace/page'],
  [process.execPath, 'node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off', '.'],
  [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--exclude',
    'test/integration/**',
    '--exclude',
    'test/lab/**',
  ],
] as const;

let failed = false;
for (const [command, ...args] of steps) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
