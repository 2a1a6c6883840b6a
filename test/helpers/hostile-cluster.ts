import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../lab/cluster/start.ts';
import type { AuditEntry, KubeObject } from '../../lab/contract.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { diagnoseJob } from '../../src/jobs/diagnose.ts';
import { refusalMessage } from '../../src/slack/views/refusal.ts';
import { refusalFrom } from '../../workers/adapters/api-answer.ts';
import { connectCluster } from '../../workers/adapters/kubernetes.ts';
import { composeProber } from '../../workers/compose.ts';
import { diagnoser } from '../../workers/diagnose.ts';
import { nodeSections, podSections } from '../../workers/probes/sections.ts';
import { expiredEnder } from '../../workers/processors/expired.ts';
import { objects, pod, standInNetwork } from '../lab/cluster/stand-in.ts';
import { fakeJobs } from './fake-jobs.ts';
import { fakeRemediations, fakeRuns } from './fake-store.ts';
import { fakeThreads } from './fake-threads.ts';
import type { HostileClass } from './hostile-classes.ts';
import { type Came, heardOn } from './hostile-slack.ts';
import { captureLog } from './log.ts';

export interface Reached extends Came {
  /** What the API server was asked, the execs among it. */
  readonly asked: readonly AuditEntry[];
}

export type HostileCluster = Awaited<ReturnType<typeof startHostileCluster>>;

const sectionNames = [...new Set([...podSections, ...nodeSections].flatMap(({ from }) => from))];
const ownerRef = (kind: string, name: string) => ({
  apiVersion: 'apps/v1',
  kind,
  name,
  uid: 'uid-owner',
  controller: true,
});

/** A cluster whose pods and objects say what a class says, and a real client of the product's before it. */
export async function startHostileCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6check-hostile-'));
  const printed = join(folder, 'printed');
  let printing: ((nonce: string) => string) | null = null;
  const network = {
    ...standInNetwork(),
    exec: (_: unknown, argv: readonly string[]) => {
      // A hostile image reads its own command line, so that it knows what frames a section.
      const nonce = argv.find((word) => /^[0-9a-f]{18}$/.test(word)) ?? '';
      writeFileSync(printed, printing?.(nonce) ?? '');
      return spawn('cat', [printed], { stdio: ['pipe', 'pipe', 'pipe'] });
    },
  };
  const calicoNode: KubeObject = {
    ...pod('calico-node-1', { labels: { 'k8s-app': 'calico-node' } }),
    metadata: { name: 'calico-node-1', namespace: 'other', labels: { 'k8s-app': 'calico-node' } },
  };
  const cluster = await startCluster({ objects: [...objects, calicoNode], network });
  const kubeconfig = (user: string): string => {
    const path = join(folder, `${user}.kubeconfig`);
    writeFileSync(path, cluster.kubeconfig(user), { mode: 0o600 });
    return path;
  };
  const [prober, writer] = await Promise.all(
    ['prober', 'writer'].map((user) => connectCluster({ name: 'lab', kubeconfig: kubeconfig(user), maxInFlight: 8 })),
  );
  if (!prober || !writer) throw new Error('two clients');

  /** One check, from the job to what is shown of it. */
  async function check(name: string): Promise<Came> {
    const threads = fakeThreads();
    const shown = heardOn(threads);
    const { log } = captureLog();
    const remediations = fakeRemediations();
    const { handle } = composeProber({
      ...{ threads, runs: fakeRuns(), remediations, jobs: fakeJobs(), log, clock: systemClock, clusterName: 'lab' },
      reprobe: () => Promise.reject(new Error('nothing is tried again here')),
      diagnose: diagnoser({
        ...{ cluster: prober!.cluster, clock: systemClock, ttlMinutes: 30, protectedNamespaces: [] },
        anchors: { anchorsIpv6: ['2001:db8::1'], anchorsIpv4: [], anchorPort: 443 },
        resolve: async () => [],
      }),
    });
    const data = {
      ...{ v: 1, requestId: crypto.randomUUID(), cluster: 'lab', destination: null, team: 'T0HOME' },
      ...{ target: { kind: 'pod', namespace: 'shop', name }, channel: 'C0INCIDENT', requestedBy: 'U0CHECKER' },
    };
    await handle({ name: diagnoseJob.name, data, attempt: 3, attempts: 3 }, new AbortController().signal);
    return { shown, refused: [] };
  }

  return {
    /** What the pod and its node print: as they like, and in every section that a probe has. */
    async asOutput({ text }: HostileClass): Promise<Reached> {
      const from = cluster.audit.length;
      printing = (nonce) =>
        [text, ...sectionNames.map((name) => `${text}\n@@${nonce} ${name} 0 1`), text, `@@${nonce} end`].join('\n');
      const whole = await check('checkout-1');
      printing = (nonce) => `@@${nonce} ready\n${text}`;
      const cut = await check('checkout-1');
      return { shown: [...whole.shown, ...cut.shown], refused: [], asked: cluster.audit.slice(from) };
    },

    /** What the API server answers: names, labels, messages of objects that were never validated. */
    async asAnswer({ text }: HostileClass): Promise<Reached> {
      const from = cluster.audit.length;
      const labels = { app: text, [text || 'x']: text };
      const like = pod('hostile-1', {
        labels,
        spec: { nodeName: text || 'node1', serviceAccountName: text, containers: [{ name: text, image: text }] },
        status: {
          reason: text,
          message: text,
          containerStatuses: [{ name: text, state: { waiting: { reason: text } } }],
        },
      });
      const hostile = {
        ...like,
        metadata: { ...like.metadata, annotations: { [text]: text }, ownerReferences: [ownerRef('ReplicaSet', text)] },
      };
      const policy: KubeObject = {
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
        metadata: {
          ...{ name: text || 'x', namespace: 'shop' },
          labels: { 'app.kubernetes.io/managed-by': 'ipv6check', 'ipv6check.dev/remediation': text },
          annotations: { 'ipv6check.dev/expires-at': text },
        },
        spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: text } }] }] },
      };
      const added = [hostile, pod(`twin-${text}`), pod(`twin-2${text}`), policy];
      for (const object of added) await cluster.apply(object);
      const checks = [await check('hostile-1'), await check('twin')];
      const { log } = captureLog();
      const ender = expiredEnder({ writer: writer!.writer, clock: systemClock, maximumMinutes: 60, log });
      const ended = await ender.endExpired();
      for (const object of added) await cluster.remove(object);

      if (ended === null || ended.removed.length > 0)
        throw new Error('an object of nobody’s was removed, or none was listed');
      const status = JSON.stringify({ kind: 'Status', message: text });
      const { message } = refusalFrom({ status: 403, headers: {}, text: status });
      const shown = [...checks.flatMap((each) => each.shown), refusalMessage(`The cluster refused it (${message}).`)];
      return { shown, refused: [], asked: cluster.audit.slice(from) };
    },

    async close(): Promise<void> {
      await Promise.all([prober.close(), writer.close()]);
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
