import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { points } from '../../scripts/chaos/points.ts';

const chaos = (...words: string[]) => spawnSync(process.execPath, ['scripts/chaos.ts', ...words], { encoding: 'utf8' });

describe('scripts/chaos', () => {
  it('lists its points', () => {
    const { status, stdout } = chaos('points');

    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').slice(0, -1)).toEqual(points.map(({ name }) => name));
    expect(stdout).toContain('reaper');
  });

  it.each`
    words                                | problem
    ${['demolition']}                    | ${'there is no chaos "demolition"'}
    ${['remediation', 'twice']}          | ${'there is no chaos "remediation twice"'}
    ${['remediation', '--runs', '0']}    | ${'whole numbers'}
    ${['remediation', '--labs', 'many']} | ${'whole numbers'}
    ${['remediation', '--seed', 'x']}    | ${'"x" is not a seed'}
    ${['remediation', '-o', 'yaml']}     | ${'there is no output "yaml"'}
  `('starts nothing for $words, and says why', ({ words, problem }) => {
    const { status, stdout, stderr } = chaos(...words);

    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('usage: npm run -s chaos');
  });
});
