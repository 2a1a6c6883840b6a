import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../../src/diagnosis/report.ts';
import { type CheckableLab, startCheckableLab } from '../../helpers/lab-cluster.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The terminal door as a process of its own, with nothing in its environment but what is named. */
function ipv6check(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['workers/cli/main.ts', ...words], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

describe('workers/cli/check', () => {
  let lab: CheckableLab;
  let kubeconfig: string;

  beforeAll(async () => {
    lab = await startCheckableLab({ seed: 51, fault: 'k8s-np-ipv4-only-ipblock' });
    kubeconfig = lab.kubeconfig('prober');
  });
  afterAll(() => lab?.close());

  it.each`
    target             | code | outcome
    ${'shop/mesh'}     | ${0} | ${'reachable'}
    ${'shop/checkout'} | ${1} | ${'broken'}
    ${'shop/static'}   | ${2} | ${'inconclusive'}
  `('exits $code when $target is $outcome, with one JSON report', async ({ target, code, outcome }) => {
    const ended = await ipv6check([target, '--kubeconfig', kubeconfig, '-o', 'json']);

    expect(ended).toMatchObject({ code, stderr: '' });
    const report = Report.parse(JSON.parse(ended.stdout));
    expect(report.verdict.outcome).toBe(outcome);
    expect(report.request).toEqual({ cluster: 'default', target, destination: null });
    expect(report.endedAt >= report.startedAt).toBe(true);
  });

  it('says the answer first, then what can be done, for a person', async () => {
    const { stdout } = await ipv6check(['shop/checkout'], { KUBECONFIG: kubeconfig });

    expect(stdout).toMatch(/^BROKEN {2}shop\/checkout-\S+ \(k8s-np-ipv4-only-ipblock, certain\)\n/);
    expect(stdout).toContain('A policy is the cause.');
    expect(stdout.indexOf('What can be done')).toBeLessThan(stdout.indexOf('What was looked at'));
    expect(stdout).toContain('A temporary policy would help');
  });

  it('tries a destination of one’s own', async () => {
    const [anchor] = lab.world.anchors;
    const words = ['shop/mesh', '--to', `[${anchor!.ipv6}]:443`, '--kubeconfig', kubeconfig, '-o', 'json'];
    const { code, stdout } = await ipv6check(words);

    const { request, findings } = Report.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(request.destination).toBe(`[${anchor!.ipv6}]:443`);
    expect(findings.find(({ checkId }) => checkId === 'pod-egress')?.facts.join()).not.toContain(
      lab.world.anchors[1]!.ipv6,
    );
  });

  it.each`
    words                                       | says
    ${[]}                                       | ${'Nothing was named'}
    ${['checkout']}                             | ${'"checkout"'}
    ${['shop/x', '-o', 'yaml']}                 | ${'"yaml"'}
    ${['shop/x', '--nope']}                     | ${'--nope'}
    ${['shop/x', '--to', '1.1.1.1']}            | ${'"1.1.1.1"'}
    ${['shop/mesh', '--to', 'no.such.invalid']} | ${'no.such.invalid'}
    ${['shop/nothing-like-it']}                 | ${'nothing-like-it'}
    ${['report', 'xyz']}                        | ${'"xyz"'}
    ${['report', '0'.repeat(36)]}               | ${'REDIS_URL'}
  `('exits 64 on $words and says what was wrong', async ({ words, says }) => {
    const ended = await ipv6check(words, { KUBECONFIG: kubeconfig });

    expect(ended).toMatchObject({ code: 64, stdout: '' });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('exits 69 with one sentence when there is no cluster to ask', async () => {
    const nobody = kubeconfig.replace('prober', 'nobody-listens');
    writeFileSync(nobody, lab.cluster.kubeconfig('prober').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9'));

    for (const env of [{ KUBECONFIG: nobody }, { KUBECONFIG: '/nonexistent/config' }, {}]) {
      const ended = await ipv6check(['shop/checkout'], env);

      expect(ended).toMatchObject({ code: 69, stdout: '' });
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(ended.stderr).not.toContain('    at ');
    }
  });

  it('prints its help', async () => {
    const { code, stdout } = await ipv6check(['--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('exit 0 reachable');
  });
});
