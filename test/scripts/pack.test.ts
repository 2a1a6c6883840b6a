import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: v4, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: checkout, namespace: shop, labels: {app: checkout}}
spec: {containers: [{name: app, image: x}]}
`;

describe('scripts/pack', () => {
  let folder: string;
  const run = (command: string, words: readonly string[], cwd: string) =>
    spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...process.env, KUBECONFIG: '/nonexistent' } });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-pack-'));
    const packed = run('npm', ['pack', '--silent', '--pack-destination', folder], process.cwd());
    if (packed.status !== 0) throw new Error(packed.stderr);
    const [tarball = ''] = readdirSync(folder);
    const home = join(folder, 'elsewhere');
    mkdirSync(join(home, 'manifests'), { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"private": true}');
    writeFileSync(join(home, 'manifests', 'policy.yaml'), policy);
    const installed = run('npm', ['install', '--silent', '--no-audit', '--no-fund', join('..', tarball)], home);
    if (installed.status !== 0) throw new Error(installed.stderr);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const plugin = (...words: readonly string[]) =>
    run(join(folder, 'elsewhere', 'node_modules', '.bin', 'kubectl-ipv6check'), words, join(folder, 'elsewhere'));

  it('judges policies from the tarball, in a folder that knows nothing of the sources', () => {
    const words = ['--manifests', 'manifests', '--from', 'shop/checkout', '--to', '2001:db8::1'];
    const { status, stdout } = plugin('policy', ...words);

    expect(status).toBe(1);
    expect(stdout).toContain('NetworkPolicy shop/v4');
  });

  it('passes exit codes and sentences on', () => {
    expect(plugin('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('exit 0 reachable') });
    expect(plugin('nonsense')).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining('nonsense') });
    expect(plugin('shop/checkout')).toMatchObject({ status: 69, stderr: expect.stringContaining('kubeconfig') });
  });

  it('brings the scripts that run in pods, and neither tests nor the lab', () => {
    const at = join(folder, 'elsewhere', 'node_modules', 'ipv6check');

    expect(readdirSync(join(at, 'dist', 'workers', 'probes')).filter((name) => name.endsWith('.sh'))).toEqual([
      ...['node.sh', 'pod.sh', 'prelude.sh'],
    ]);
    expect(readdirSync(at)).not.toContain('lab');
    expect(readdirSync(join(at, 'dist')).toSorted()).toEqual(['package.json', 'src', 'workers']);
  });
});
