import type { PodObject, Policies, StoredObject } from '../../src/evidence/objects.ts';
import { applyJob, proposeJob } from '../../src/jobs/remediate.ts';
import { signDecision } from '../../src/remediation/decision.ts';
import type { Grants } from '../../src/remediation/grants.ts';
import { advance, type Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';
import { composeProber, composeWriter } from '../../workers/compose.ts';
import type { PlanReading } from '../../workers/processors/propose.ts';
import { aReport, aVerification, t0 } from './builders.ts';
import { fakeJobs, type QueuedJob } from './fake-jobs.ts';
import { fakeRemediations, fakeRuns } from './fake-store.ts';
import { fakeThreads } from './fake-threads.ts';
import { fakeWriter } from './fake-writer.ts';
import { captureLog } from './log.ts';

export const decisionKey = 'the key that bot and writer share, 32+';
export const threadTs = '1700000000.000100';
export const remediationId = 'rabcdefghijklmnopqrs';

const pod: PodObject = {
  ...{ namespace: 'shop', name: 'checkout-7d9f', uid: 'uid-pod', annotations: {}, nodeName: 'node-a' },
  ...{ labels: { app: 'checkout', 'pod-template-hash': '7d9f' }, serviceAccount: 'default', isHostNetwork: false },
  ...{ isTerminating: false, phase: 'Running', podIPs: ['10.0.0.7', 'fd00::7'], createdAt: t0.toISOString() },
  containers: [{ name: 'app', state: 'running', isRunning: true }],
  workload: { kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
};

/** Isolates the pod and admits IPv4 alone: the situation that a temporary policy is for. */
export const isolating: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'ipv4-only', namespace: 'shop', uid: 'uid-np' },
  spec: {
    podSelector: { matchLabels: { app: 'checkout' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
  },
};

export const policiesWith = (...objects: StoredObject[]): Policies => ({
  objects,
  namespaces: [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
    },
  ],
  serviceAccounts: [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop', labels: {} } },
  ],
  unread: [],
  notUnderstood: [],
});

/** A prober and a writer with everything outside them faked, and what goes on between them. */
export function remediationWorld() {
  const [threads, runs, remediations, jobs] = [fakeThreads(), fakeRuns(), fakeRemediations(), fakeJobs()];
  const [writer, { log, lines }] = [fakeWriter(t0), captureLog()];
  const report = aReport();
  runs.reports.set(report.id, report);

  const world = {
    ...{ threads, runs, remediations, jobs, writer, lines, report },
    now: t0,
    reading: {
      ...{ ok: true, pod, pods: [pod], policies: policiesWith(isolating) },
      calico: { flavour: 'absent', version: null, ipPools: [], felix: {} },
    } as PlanReading, // the literal is one of the union's two forms
    grants: { grants: [{ users: ['U0APPROVER'], namespaces: ['shop'], may: ['approve'] }] } as Grants, // widened
    /** Members of every user group; null while Slack does not say. */
    members: [] as readonly string[] | null,
    destinations: (): Promise<Remediation['destinations']> =>
      Promise.resolve([
        { family: 6, address: '2001:db8::1', port: 443 },
        { family: 4, address: '192.0.2.1', port: 443 },
      ]),
    breadth: 'all' as 'all' | 'destination',
    admitsWithoutOurs: false as boolean | null,
    /** What a standing policy of ours has come to do; null while it does no harm. */
    harm: null as string | null,
    /** The network obeys the objects, unless a test says otherwise. */
    reprobe: (): Verification => aVerification(writer.objects.size > 0 ? 3 : 0, 3),
    probes: 0,
  };

  const common = {
    ...{ threads, runs, remediations, jobs, log, clusterName: 'lab' },
    clock: { now: () => world.now },
    persistence: { patienceMs: 50, intervalMs: 5 },
  };
  const prober = composeProber({
    ...common,
    diagnose: () => Promise.reject(new Error('no check is made here')),
    reprobe: async () => {
      world.probes += 1;
      return world.reprobe();
    },
    settling: { patienceMs: 20, intervalMs: 5 },
  });
  const composed = composeWriter({
    ...common,
    ...{ writer, decisionKey, ttlMinutes: 30, lapseMinutes: 30, maximumMinutes: 240, approverGroup: null },
    protectedNamespaces: ['kube-system'],
    readForPlan: async () => world.reading,
    destinationsOf: () => world.destinations(),
    grants: { current: () => world.grants },
    people: { membersOf: async () => world.members },
    admitsWithoutOurs: async () => world.admitsWithoutOurs,
    harmOf: async () => world.harm,
    vanishing: { patienceMs: 30, intervalMs: 5 },
  });

  async function deliver({ name, queue, payload }: QueuedJob, attempt = 1): Promise<void> {
    const { handle } = queue.startsWith('probe-') ? prober : composed;
    await handle({ name, data: payload, attempt, attempts: 5 }, new AbortController().signal);
  }

  async function propose(): Promise<void> {
    await jobs.enqueue(proposeJob, {
      ...{ v: 1, remediationId, cluster: 'lab', requestId: report.id, team: 'T1', channel: 'C0INCIDENT', threadTs },
      ...{ checkedBy: 'U0CHECKER', requestedBy: 'U0ASKER' },
      breadth: world.breadth,
      names: { U0ASKER: 'asker' },
    });
    await drain();
  }

  /** All jobs that are due, and what they lead to. */
  async function drain(): Promise<void> {
    for (;;) {
      const due = jobs.waiting.find(({ delayMs }) => delayMs === 0);
      if (!due) return;
      jobs.waiting.splice(jobs.waiting.indexOf(due), 1);
      await deliver(due);
    }
  }

  const record = (): Remediation => {
    const found = remediations.records.get(remediationId);
    if (!found) throw new Error('there is no record');
    return found;
  };

  /** What the bot does when a second person presses Apply; the step is left waiting. */
  async function approve(change: Partial<Remediation> = {}): Promise<void> {
    const current = record();
    const step = advance(current, 'approve', 'U0APPROVER', world.now);
    if (!step.ok) throw new Error(step.refusal);
    const expiresAt = new Date(world.now.getTime() + current.ttlMinutes * 60_000).toISOString();
    const words = { id: current.id, approver: 'U0APPROVER', manifestHash: current.manifestHash, expiresAt };
    const next = { ...step.next, expiresAt, decision: signDecision(decisionKey, words), ...change };
    await remediations.save(next, current.version);
    await enqueueApply();
  }

  function enqueueApply(attempt = 0): Promise<unknown> {
    const { version } = record();
    return jobs.enqueue(applyJob, { v: 1, remediationId, cluster: 'lab', version, attempt });
  }

  /** What the bot does when somebody presses Revoke. */
  async function revoke(): Promise<void> {
    const current = record();
    const step = advance(current, 'revoke', 'U0REVOKER', world.now);
    if (!step.ok) throw new Error(step.refusal);
    await remediations.save(step.next, current.version);
  }

  const pass = (minutes: number): void => {
    world.now = new Date(world.now.getTime() + minutes * 60_000);
    writer.now = world.now;
  };

  return Object.assign(world, {
    ...{ propose, approve, revoke, drain, deliver, record, enqueueApply, pass },
    sweep: composed.sweep,
    /** Everything up to a policy that stands and was proved. */
    async activate(): Promise<void> {
      await propose();
      await approve();
      await drain();
    },
    /** The steps that wait, without what only reminds people. */
    steps: (): QueuedJob[] => jobs.waiting.filter(({ name }) => name !== 'remind'),
    events: (): string[] => record().log.map(({ event }) => event),
    policies: (): StoredObject[] => [...writer.objects.values()],
  });
}

export type RemediationWorld = ReturnType<typeof remediationWorld>;
