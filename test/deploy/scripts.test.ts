import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeScript, podScript } from '../../workers/probes/scripts.ts';
import { helm, leastValues, render } from '../helpers/chart.ts';

const copy = (name: string) => readFileSync(`deploy/chart/files/${name}-script.txt`, 'utf8');

describe('deploy/scripts', () => {
  it.each([
    ['pod', podScript],
    ['node', nodeScript],
  ])('the chart has the %s’s script to the letter (npm run -s chart writes it)', (name, script) => {
    expect(copy(name)).toBe(`${script}\n`);
  });

  it('are ASCII, for which JSON, YAML and CEL have the same strings', () => {
    expect(podScript + nodeScript).toMatch(/^[\n\x20-\x7e]+$/);
  });

  it.skipIf(!helm.isThere)(`reach the admission policy as they are${helm.note}`, () => {
    const exec = render(leastValues).find(({ kind, metadata }) => {
      return kind === 'ValidatingAdmissionPolicy' && metadata.name === 'ipv6check-exec';
    });
    const { variables } = exec!.spec as { variables: { name: string; expression: string }[] };
    const literal = (name: string) => JSON.parse(variables.find((each) => each.name === name)!.expression) as string;

    expect(literal('podScript')).toBe(podScript);
    expect(literal('nodeScript')).toBe(nodeScript);
  });

  it('are written by one command', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts.chart).toBe('node scripts/run.mjs scripts/chart.ts');

    const folder = mkdtempSync(join(tmpdir(), 'ipv6check-chart-'));
    try {
      expect(spawnSync(process.execPath, ['scripts/chart.ts', folder]).status).toBe(0);
      expect(readFileSync(join(folder, 'pod-script.txt'), 'utf8')).toBe(`${podScript}\n`);
      expect(readFileSync(join(folder, 'node-script.txt'), 'utf8')).toBe(`${nodeScript}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
