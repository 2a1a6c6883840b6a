import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LabCluster, startCluster } from '../../../lab/cluster/start.ts';
import type { KubeObject } from '../../../lab/contract.ts';
import { timestamp } from '../../../src/remediation/manifest.ts';
import { reapCommand } from '../../../workers/cli/reap.ts';
import { objects, standInNetwork } from '../../lab/cluster/stand-in.ts';

const minutes = (count: number): string => timestamp(new Date(Date.now() + count * 60_000));
const idOf = (letter: string): string => `r${letter.repeat(19)}`;

/** A temporary policy of ours, `letter` its id. */
function ours(letter: string, expiresAt: string | undefined, change: Partial<KubeObject['metadata']> = {}): KubeObject {
  const annotations = expiresAt === undefined ? {} : { 'ipv6check.dev/expires-at': expiresAt };
  const labels = { 'app.kubernetes.io/managed-by': 'ipv6check', 'ipv6check.dev/remediation': idOf(letter) };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `ipv6check-${idOf(letter)}`, namespace: 'shop', labels, annotations, ...change },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '::/0' } }] }] },
  };
}

describe('workers/cli/reap', () => {
  let cluster: LabCluster;
  let folder: string;

  beforeAll(async () => {
    cluster = await startCluster({ objects, network: standInNetwork() });
    folder = mkdtempSync(join(tmpdir(), 'ipv6check-reap-'));
  });
  afterAll(async () => {
    await cluster.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    for (const { apiVersion, kind, metadata } of cluster.objects('NetworkPolicy')) {
      await cluster.remove({ apiVersion, kind, metadata });
    }
  });

  async function reap(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const path = join(folder, 'reaper.kubeconfig');
    writeFileSync(path, cluster.kubeconfig('reaper'));
    let [out, err] = ['', ''];
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
      input: (async function* () {})(),
      env: { KUBECONFIG: path, ...env },
    };
    const code = await reapCommand(words, terminal, new AbortController().signal);
    return {
      code,
      err,
      lines: out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line || '{}')),
    };
  }
  const names = () => cluster.objects('NetworkPolicy').map(({ metadata }) => metadata.name);

  it('ends what is over, leaves what is not, and says both', async () => {
    await cluster.apply(ours('a', minutes(-1)));
    await cluster.apply(ours('b', minutes(10)));

    const { code, lines } = await reap();

    expect(code).toBe(0);
    expect(names()).toEqual([`ipv6check-${idOf('b')}`]);
    expect(lines.at(-1)).toMatchObject({
      msg: 'reaped',
      seen: 2,
      removed: [`NetworkPolicy shop/ipv6check-${idOf('a')}`],
    });
  });

  it.each`
    end                          | expiresAt
    ${'a missing end'}           | ${undefined}
    ${'an unreadable end'}       | ${'tomorrow'}
    ${'an end past the maximum'} | ${minutes(24 * 60)}
  `('takes $end for one that is over', async ({ expiresAt }) => {
    await cluster.apply(ours('a', expiresAt));

    expect((await reap()).code).toBe(0);
    expect(names()).toEqual([]);
  });

  it('takes the longest life from the configuration', async () => {
    await cluster.apply(ours('a', minutes(20)));

    await reap([], { POLICY_MAX_MINUTES: '60', POLICY_TTL_MINUTES: '10' });
    expect(names()).toHaveLength(1);
    await reap([], { POLICY_MAX_MINUTES: '15', POLICY_TTL_MINUTES: '10' });
    expect(names()).toHaveLength(0);
  });

  it('leaves a stranger’s object with our label alone, and raises an alert', async () => {
    await cluster.apply(ours('a', minutes(-1), { name: 'somebody-elses' }));

    const { code, lines } = await reap();

    expect(code).toBe(0);
    expect(names()).toEqual(['somebody-elses']);
    expect(lines[0]).toMatchObject({ alert: true, object: 'NetworkPolicy shop/somebody-elses' });
  });

  it('exits 1 when something could not be ended', async () => {
    await cluster.apply(ours('a', minutes(-1)));
    cluster.trouble.failNext(1, 'server-error', /DELETE/);

    const { code, lines } = await reap();

    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ failed: [`NetworkPolicy shop/ipv6check-${idOf('a')}`] });
  });

  it('says that it does not know when it may not list, and when words are wrong', async () => {
    const nobody = join(folder, 'nobody.kubeconfig');
    writeFileSync(nobody, cluster.kubeconfig('nobody'));

    await expect(reap([], { KUBECONFIG: nobody })).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(await reap(['--all'])).toMatchObject({ code: 64, err: expect.stringContaining('--all') });
  });
});
