import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { points } from '../../scripts/chaos/points.ts';

function chaos(...words: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/chaos.ts', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString('utf8')));
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
}

describe('integration/chaos', () => {
  it('leaks, doubles and loses nothing while everything that takes part is killed in the middle of its work', async () => {
    const { status, stdout, stderr } = await chaos('remediation', '--runs', '6', '--seed', '8', '-o', 'json');

    expect(status, stderr).toBe(0);
    const { killsByPoint, maxOverrunS, ...counts } = JSON.parse(stdout);
    expect(counts).toEqual({ runs: 6, leaked: 0, appliedTwice: 0, lost: 0, auditBroken: 0 });
    expect(maxOverrunS).toBeLessThan(90);
    expect(Object.keys(killsByPoint)).toEqual(expect.arrayContaining(points.map(({ name }) => name)));
    const kills = Object.values(killsByPoint as Record<string, number>).reduce((sum, each) => sum + each, 0);
    expect(kills).toBeGreaterThanOrEqual(6);
    expect(stderr).toMatch(/^seed 8$/m);
  }, 240_000);
});
