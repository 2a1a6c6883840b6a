import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask } from '../../lab/asking.ts';
import { awaitBot, type Session, startSession } from '../../lab/session.ts';
import { Report } from '../../src/diagnosis/report.ts';

const faults = [
  { fault: undefined, seed: 1, outcome: 'reachable', cause: null, policy: 'no' },
  { fault: 'pod-no-default-v6-route', seed: 2, outcome: 'broken', cause: 'pod-no-default-v6-route', policy: 'no' },
  { fault: 'host-forwarding-disabled', seed: 3, outcome: 'broken', cause: 'host-forwarding-disabled', policy: 'no' },
  { fault: 'natoutgoing-disabled-ula', seed: 4, outcome: 'broken', cause: 'natoutgoing-disabled-ula', policy: 'no' },
  {
    fault: 'node-no-default-or-global-v6',
    seed: 5,
    outcome: 'broken',
    cause: 'node-no-default-or-global-v6',
    policy: 'no',
  },
  {
    fault: 'k8s-np-egress-isolated-no-v6',
    seed: 6,
    outcome: 'broken',
    cause: 'k8s-np-egress-isolated-no-v6',
    policy: 'yes',
  },
  { fault: 'k8s-np-ipv4-only-ipblock', seed: 7, outcome: 'broken', cause: 'k8s-np-ipv4-only-ipblock', policy: 'yes' },
] as const;

describe.each(faults)('integration/diagnosis: $fault', ({ fault, seed, outcome, cause, policy }) => {
  let session: Session;
  let answer: Answer;
  let report: Report;

  beforeAll(async () => {
    session = await startSession({ fault, seed, http: seed % 2 === 0, without: ['remediate'] });
    await awaitBot(session);
    answer = await ask(session, '/ipv6check shop/checkout');
    report = Report.parse(answer.report);
  }, 90_000);

  afterAll(() => session?.close(), 30_000);

  it('gives the verdict in the report and in the words of the card', () => {
    expect(report.verdict).toMatchObject({ outcome, cause, policyIsCause: policy });
    const card = session.workspace.threadText('incidents', answer.card!.ts);
    expect(card).toContain(session.world.subject.pod);
    expect(card).toContain(
      { yes: 'A policy is the cause.', no: outcome === 'reachable' ? 'Reachable' : 'Policy is not the cause.' }[policy],
    );
  });

  it('looked into the pod and onto its node', () => {
    expect(report.subject).toMatchObject({ node: session.world.subject.node, rung: 'own-shell' });
    expect(report.findings.filter((finding) => finding.outcome === 'crashed')).toEqual([]);
  });

  it('edits one card and adds at most two replies', () => {
    expect(session.workspace.messages('incidents')).toHaveLength(1);
    expect(answer.thread.length).toBeGreaterThanOrEqual(1);
    expect(answer.thread.length).toBeLessThanOrEqual(2);
  });

  it('counts its cost as the API server does, and at most one exec per pod and node', () => {
    const ours = session.cluster.audit.filter(({ userAgent }) => userAgent.includes(report.id));

    expect(report.cost.apiRequests).toBe(ours.length);
    expect(report.cost.execs).toBe(ours.filter(({ verb }) => verb === 'exec').length);
    expect(report.cost.execs).toBe(2);
    expect(report.cost.apiRequests).toBeLessThanOrEqual(30);
  });

  it('offers a policy only when one is the cause', () => {
    expect(report.remediation.offered).toBe(policy === 'yes');
    const buttons = session.workspace.buttons(answer.card!);
    expect(buttons.includes('Ask for a temporary policy')).toBe(policy === 'yes');
    expect(buttons).toContain('Run again');
  });
});
