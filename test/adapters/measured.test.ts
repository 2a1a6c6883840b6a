import { beforeEach, describe, expect, it } from 'vitest';
import {
  measuredAudit,
  measuredCluster,
  measuredDiagnosis,
  measuredHandle,
  measuredSweep,
  measuredWriter,
} from '../../src/adapters/measured.ts';
import { type Metrics, productMetrics } from '../../src/adapters/metrics.ts';
import { BotError } from '../../src/errors.ts';
import type { StoredObject } from '../../src/evidence/objects.ts';
import type { ExecOutcome } from '../../src/ports.ts';
import type { AuditWords } from '../../src/remediation/audit.ts';
import { aReport, t0 } from '../helpers/builders.ts';
import { fakeSession } from '../helpers/fake-session.ts';
import { fakeWriter } from '../helpers/fake-writer.ts';
import { shownBy } from '../helpers/metrics.ts';

const signal = new AbortController().signal;

describe('adapters/measured', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = productMetrics();
  });

  describe('the audit', () => {
    const words: AuditWords = {
      ...{ kind: 'decision', action: 'approve', actor: 'U1', cluster: 'lab', remediationId: 'r1', note: '' },
      ...{ manifestHash: null, object: null, before: 'proposed', after: 'approved' },
    };

    it('counts every step of a remediation, and not what the writer says of the cluster', async () => {
      const audit = measuredAudit({ record: async () => {} }, metrics);

      await audit.record(words);
      await audit.record({ ...words, action: 'create', before: null, after: null });

      expect(await shownBy(metrics.remediationEvents, { cluster: 'lab', event: 'approve' })).toBe(1);
      expect(await shownBy(metrics.remediationEvents, { event: 'create' })).toBeUndefined();
      expect(await shownBy(metrics.auditFailures)).toBe(0);
    });

    it('counts an entry that could not be stored, and hides the failure from nobody', async () => {
      const audit = measuredAudit({ record: () => Promise.reject(new Error('Redis is away')) }, metrics);

      await expect(audit.record(words)).rejects.toThrow('Redis is away');

      expect(await shownBy(metrics.auditFailures)).toBe(1);
    });
  });

  describe('a job', () => {
    const delivery = { name: 'apply', data: { v: 1 }, attempt: 1, attempts: 5 };

    it('is counted and timed by its name, with what it came to', async () => {
      const handle = measuredHandle(async ({ data }) => data, metrics);

      expect(await handle(delivery, signal)).toEqual({ v: 1 });
      await expect(measuredHandle(() => Promise.reject(new Error('no')), metrics)(delivery, signal)).rejects.toThrow();
      const stopped = AbortSignal.abort();
      await expect(measuredHandle(() => Promise.reject(new Error('x')), metrics)(delivery, stopped)).rejects.toThrow();

      for (const result of ['done', 'failed', 'stopped']) {
        expect(await shownBy(metrics.jobs, { job: 'apply', result })).toBe(1);
      }
      expect(await shownBy(metrics.jobSeconds, { job: 'apply' })).toBe(3);
    });
  });

  describe('a check', () => {
    const count = (outcome: string, cause: string) => shownBy(metrics.runs, { cluster: 'lab', outcome, cause });

    it('is counted by its outcome and its cause', async () => {
      const broken = aReport();
      const { verdict } = broken;
      const fine = aReport({ verdict: { ...verdict, outcome: 'reachable', cause: null } });

      for (const report of [broken, broken, fine])
        await measuredDiagnosis(async () => report, 'lab', metrics)({}, signal);

      expect(await count('broken', verdict.cause!)).toBe(2);
      expect(await count('reachable', 'none')).toBe(1);
      expect(await shownBy(metrics.runSeconds, { outcome: 'broken' })).toBe(2);
    });

    it.each`
      error                                   | cause
      ${new BotError('TARGET_NOT_FOUND')}     | ${'TARGET_NOT_FOUND'}
      ${new Error('a bug with many details')} | ${'crashed'}
    `('that could not be made counts under $cause', async ({ error, cause }) => {
      await expect(measuredDiagnosis(() => Promise.reject(error), 'lab', metrics)({}, signal)).rejects.toBe(error);

      expect(await count('failed', cause)).toBe(1);
    });

    it('that was stopped is left to whoever makes it again', async () => {
      const stopped = measuredDiagnosis(() => Promise.reject(new Error('stopped')), 'lab', metrics);

      await expect(stopped({}, AbortSignal.abort())).rejects.toThrow();

      expect(await count('failed', 'crashed')).toBeUndefined();
    });
  });

  it.each`
    container        | where
    ${'calico-node'} | ${'node'}
    ${'app'}         | ${'pod'}
  `('times an exec in container $container as one of a $where, with its end', async ({ container, where }) => {
    const ended: ExecOutcome = { kind: 'timed-out', afterMs: 5, stdout: '' };
    const session = { ...fakeSession({}), exec: () => ({ write() {}, done: Promise.resolve(ended) }) };
    const cluster = measuredCluster({ name: 'lab', session: () => session }, metrics);

    const options = { deadlineMs: 1, maxBytes: 1, endMarker: '' };
    const target = { namespace: 'shop', pod: 'p', container };
    expect(await cluster.session('run', signal).exec(target, [], options).done).toBe(ended);

    expect(await shownBy(metrics.probeSeconds, { cluster: 'lab', where, end: 'timed-out' })).toBe(1);
  });

  describe('a writer', () => {
    const id = `r${'a'.repeat(19)}`;
    const end = new Date(t0.getTime() + 600_000);
    const ours: StoredObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: {
        ...{ name: `ipv6check-${id}`, namespace: 'shop' },
        labels: { 'app.kubernetes.io/managed-by': 'ipv6check', 'ipv6check.dev/remediation': id },
        annotations: { 'ipv6check.dev/expires-at': end.toISOString().replace('.000Z', 'Z') },
      },
      spec: {},
    };
    let now: Date;
    let cluster: ReturnType<typeof fakeWriter>;
    let writer: ReturnType<typeof measuredWriter>;

    beforeEach(() => {
      now = t0;
      cluster = fakeWriter(t0);
      writer = measuredWriter(cluster, { cluster: 'lab', clock: { now: () => now }, maximumMinutes: 240 }, metrics);
    });
    const afterEnd = (seconds: number) => new Date(end.getTime() + seconds * 1_000);

    it('knows of a policy that outlives its end, also when nobody lists any more', async () => {
      cluster.put(ours);
      await writer.listOurs();

      for (const [seconds, overdue] of [
        [-1, 0],
        [90, 0],
        [91, 1],
      ] as const) {
        now = afterEnd(seconds);
        expect(writer.overdue()).toBe(overdue);
      }
    });

    it('takes one without a readable end for overdue from its creation on, and a stranger for none of ours', async () => {
      const { metadata } = ours;
      cluster.put({ ...ours, metadata: { ...metadata, annotations: {} } });
      cluster.put({ ...ours, metadata: { ...metadata, name: 'a-strangers', annotations: {} } });
      await writer.listOurs();

      expect(writer.overdue()).toBe(0);
      now = new Date(t0.getTime() + 91_000);
      expect(writer.overdue()).toBe(1);
    });

    it('forgets what it has removed, and what a list no longer shows', async () => {
      const { uid } = cluster.put(ours).metadata;
      await writer.listOurs();
      now = afterEnd(91);
      cluster.fail('remove', 'forbidden');
      await writer.remove(ours, uid!);
      expect(writer.overdue()).toBe(1);

      await writer.remove(ours, uid!);

      expect(writer.overdue()).toBe(0);
    });

    it('says when it last saw the whole cluster: at first never', async () => {
      expect(await shownBy(metrics.lastSweep, { cluster: 'lab' })).toBe(0);
      cluster.fail('listOurs', 'unavailable');
      await writer.listOurs();
      expect(await shownBy(metrics.lastSweep, { cluster: 'lab' })).toBe(0);

      await writer.listOurs();

      expect(await shownBy(metrics.lastSweep, { cluster: 'lab' })).toBe(t0.getTime() / 1_000);
    });
  });

  it.each`
    sweep                                                  | result
    ${async () => ({ removed: [], failed: [] })}           | ${'done'}
    ${async () => ({ removed: [], failed: ['one'] })}      | ${'incomplete'}
    ${async () => Promise.reject(new Error('no cluster'))} | ${'failed'}
  `('counts a sweep as $result', async ({ sweep, result }) => {
    await measuredSweep(sweep, 'lab', metrics)().catch(() => null); // the failure is the case

    expect(await shownBy(metrics.sweeps, { cluster: 'lab', result })).toBe(1);
  });
});
