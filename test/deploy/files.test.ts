import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { nodeScript, podScript } from '../../workers/probes/scripts.ts';
import { helm, leastValues, render } from '../helpers/chart.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const origins: Readonly<Record<string, string>> = {
  'pod-script.txt': `${podScript}\n`,
  'node-script.txt': `${nodeScript}\n`,
  'alerts.yaml': read('deploy/observability/alerts.yaml'),
  'dashboard.json': read('deploy/observability/dashboard.json'),
};

describe('deploy/files', () => {
  it.each(Object.entries(origins))('the chart has %s to the letter (npm run -s chart writes it)', (name, text) => {
    expect(read(`deploy/chart/files/${name}`)).toBe(text);
  });

  it('are all that there are, written by one command', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    expect(scripts.chart).toBe('node scripts/run.mjs scripts/chart.ts');
    expect(readdirSync('deploy/chart/files').toSorted()).toEqual(Object.keys(origins).toSorted());

    const folder = mkdtempSync(join(tmpdir(), 'ipv6check-chart-'));
    try {
      expect(spawnSync(process.execPath, ['scripts/chart.ts', folder]).status).toBe(0);
      for (const [name, text] of Object.entries(origins)) expect(read(join(folder, name))).toBe(text);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('have scripts in ASCII, for which JSON, YAML and CEL have the same strings', () => {
    expect(podScript + nodeScript).toMatch(/^[\n\x20-\x7e]+$/);
  });

  it.skipIf(!helm.isThere)(`have scripts that reach the admission policy as they are${helm.note}`, () => {
    const exec = render(leastValues).find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === 'ipv6check-exec',
    );
    const { variables } = exec!.spec as { readonly variables: readonly { name: string; expression: string }[] };
    const literal = (name: string) => JSON.parse(variables.find((each) => each.name === name)!.expression) as string;

    expect(literal('podScript')).toBe(podScript);
    expect(literal('nodeScript')).toBe(nodeScript);
  });

  it.skipIf(!helm.isThere)(`have alerts and a dashboard that are rendered as they are${helm.note}`, () => {
    const monitoring = { prometheusRule: { enabled: true }, dashboard: { enabled: true } };
    const objects = render({ ...leastValues, monitoring });

    expect(objects.find(({ kind }) => kind === 'PrometheusRule')?.spec).toEqual(parse(origins['alerts.yaml']!));
    const { data } = objects.find(({ metadata }) => metadata.name.endsWith('-dashboard'))!;
    expect(JSON.parse((data as Record<string, string>)['ipv6check.json']!)).toEqual(
      JSON.parse(origins['dashboard.json']!),
    );
  });
});
