import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../scripts/bench/cluster.ts';
import { evidenceOf } from '../../scripts/bench/evidence.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { endpointOf } from '../../src/policy/endpoint.ts';
import { evaluateEgress } from '../../src/policy/evaluate.ts';

function bench(...words: string[]) {
  return spawnSync(process.execPath, ['scripts/bench.ts', ...words], { encoding: 'utf8' });
}

const ms = expect.any(Number);
const spread = { p50: ms, p95: ms };

describe('scripts/bench', () => {
  it('measures policies as one JSON document', () => {
    const { status, stdout, stderr } = bench('policy', '-o', 'json', '--scale', '0.01');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ...{ explainMs: spread, simulateMs: spread, compileMs: ms, rssMb: ms },
      growth: [
        { policies: 1, pods: 1, explainMs: ms },
        { policies: 10, pods: 5, explainMs: ms },
        { policies: 100, pods: 50, explainMs: ms },
      ],
    });
  });

  it('measures the judgement, and which of its sizes it follows', () => {
    const { growth, judgeMs } = JSON.parse(bench('judge', '-o', 'json', '--scale', '0.01').stdout);

    expect(judgeMs).toEqual(spread);
    expect(growth.map(({ rules, policies }: { rules: number; policies: number }) => [rules, policies])).toEqual([
      ...[
        [2, 1],
        [20, 1],
        [200, 1],
      ],
      ...[
        [2, 1],
        [2, 10],
      ],
    ]);
  });

  it('shows every subject as a table with ratios and growth', () => {
    const { status, stdout } = bench('--scale', '0.01');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^policy\n\n +p50 +p95 +p95\/p50\nexplain one pod +[\d.]+ ms +[\d.]+ ms +×[\d.]+\n/);
    expect(stdout).toMatch(/\n100 +50 +[\d.]+ ms +×[\d.]+ for ×10\n\njudge\n\n/);
  });

  it.each(['lunch', '-o xml', '--scale 0', '--scale big', '--fast'])('refuses %s and says how it is used', (words) => {
    const { status, stdout, stderr } = bench(...words.split(' '));

    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toContain('usage: npm run -s bench -- [policy|judge]');
  });

  it('builds a cluster in which everything is understood, and some pods get out and some do not', () => {
    const { pods, policies, calico } = clusterOf({ policies: 200, pods: 100 });
    const model = compilePolicies(policies, calico);
    const flow = { family: 6, address: '2001:db8::1', port: 443, protocol: 'TCP' } as const;
    const answers = pods.map((pod) => evaluateEgress(model, endpointOf(pod, policies), flow).allowed);

    expect(model.issues).toEqual([]);
    expect(new Set(answers)).toEqual(new Set([true, false]));
  });

  it('builds evidence that is judged down to the policy that denies it', () => {
    const { findings, verdict } = judge(evidenceOf({ rules: 10, policies: 10 }));

    expect(findings.filter(({ outcome }) => outcome === 'crashed')).toEqual([]);
    expect(verdict).toMatchObject({ outcome: 'broken', stage: 'policy' });
  });
});
