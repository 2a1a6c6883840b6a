import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from './cluster/start.ts';
import type { Shape } from './contract.ts';
import type { Answer, Row } from './matrix.ts';
import { entries } from './network/faults/entries.ts';
import { startNetwork } from './network/start.ts';
import { makeWorld } from './network/world.ts';
import { runCli } from './product.ts';

export interface MatrixOptions {
  readonly seed: number;
  readonly backend: Shape['backend'] | undefined;
  readonly only: RegExp;
}

const labsAtOnce = 4;

/** The product's terminal door sees a kubeconfig and nothing else of the lab. */
async function askAbout(id: string, { seed, backend }: MatrixOptions): Promise<Answer> {
  const world = makeWorld({ fault: id, seed, shape: backend ? { backend } : {} });
  const network = await startNetwork(world);
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-matrix-'));
  try {
    const cluster = await startCluster({ objects: world.objects, network });
    try {
      const kubeconfig = join(folder, 'kubeconfig');
      writeFileSync(kubeconfig, cluster.kubeconfig('prober'), { mode: 0o600 });
      const { namespace, pod } = world.subject;
      const to = world.destination === undefined ? [] : ['--to', world.destination];
      const begun = performance.now();
      const { code, stdout, stderr } = await runCli(
        [`${namespace}/${pod}`, '--kubeconfig', kubeconfig, '-o', 'json', ...to],
        {},
      );
      return answerFrom(stdout, `exit ${code}: ${stderr.trim().split('\n').at(-1)}`, performance.now() - begun);
    } finally {
      await cluster.close();
    }
  } finally {
    await network.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerFrom(stdout: string, problem: string, elapsedMs: number): Answer {
  try {
    const { verdict, cost } = JSON.parse(stdout);
    return { verdict: { ...verdict, neighbours: verdict.neighbours ?? [] }, problem: '', ms: Math.round(cost.totalMs) };
  } catch {
    return { verdict: null, problem, ms: Math.round(elapsedMs) };
  }
}

/** Every row that can be injected and is wanted, a few labs at a time. */
export async function runMatrix(options: MatrixOptions, progress: (line: string) => void): Promise<Row[]> {
  const wanted = entries.filter(({ id, inject }) => inject && options.only.test(id));
  const rows: (Row | undefined)[] = wanted.map(() => undefined);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < wanted.length; index = next++) {
      const entry = wanted[index];
      if (!entry) return;
      const answer = await askAbout(entry.id, options).catch(
        (error: unknown): Answer => ({ verdict: null, problem: `the lab failed: ${String(error)}`, ms: 0 }),
      );
      rows[index] = { entry, answer };
      progress(
        `${rows.filter(Boolean).length}/${wanted.length} ${entry.id}: ${answer.verdict?.cause ?? answer.verdict?.outcome ?? answer.problem}`,
      );
    }
  };
  await Promise.all(Array.from({ length: labsAtOnce }, work));
  return rows.filter((row) => row !== undefined);
}
