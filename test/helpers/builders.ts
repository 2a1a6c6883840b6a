import { randomUUID } from 'node:crypto';
import type { Report } from '../../src/diagnosis/report.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import type { Verification } from '../../src/remediation/verification.ts';

export const t0 = new Date('2026-01-05T10:00:00.000Z');

export function aReport(over: Partial<Report> = {}): Report {
  return {
    version: 1,
    id: randomUUID(),
    startedAt: t0.toISOString(),
    endedAt: t0.toISOString(),
    request: { cluster: 'lab', target: 'shop/checkout', destination: null },
    subject: {
      ...{ namespace: 'shop', pod: 'checkout-7d9f', uid: 'uid-pod', node: 'node-a', container: 'app' },
      ...{ rung: 'own-shell', kubernetes: 'v1.34.0', calico: 'v3.31.0' },
    },
    verdict: {
      ...{ outcome: 'broken', cause: 'k8s-np-egress-isolated-no-v6', stage: 'policy', confidence: 'certain' },
      ...{ neighbours: [], policyIsCause: 'yes', summary: 'A policy isolates the pod.', notLookedAt: [] },
    },
    path: [{ hop: 'policy', status: 'broken', note: 'denied' }],
    findings: [
      {
        ...{ checkId: 'policies', stage: 'policy', title: 'A policy denies the destination', outcome: 'fail' },
        ...{
          summary: 'No rule admits it.',
          facts: ['NetworkPolicy shop/deny'],
          fix: 'kubectl get networkpolicy -n shop',
        },
      },
      {
        ...{ checkId: 'default-route', stage: 'pod-route', title: 'Pod has a default route', outcome: 'pass' },
        ...{ summary: 'It has.', facts: [], fix: null },
      },
    ],
    remediation: { offered: true, refusal: null, manifest: 'kind: NetworkPolicy' },
    cost: { execs: 2, apiRequests: 9, totalMs: 900, phases: [{ ms: 900, slowestProbeMs: 700 }] },
    ...over,
  };
}

export function aRemediation(over: Partial<Remediation> = {}): Remediation {
  const id = over.id ?? `r${randomUUID().replaceAll('-', '').slice(0, 19)}`;
  return {
    id,
    version: 0,
    state: 'proposed',
    cluster: 'lab',
    requestId: randomUUID(),
    subject: { namespace: 'shop', pod: 'checkout-7d9f', uid: 'uid-pod' },
    destinations: [
      { family: 6, address: '2001:db8::1', port: 443 },
      { family: 4, address: '192.0.2.1', port: 443 },
    ],
    manifest: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `ipv6check-${id}`, namespace: 'shop', labels: { 'ipv6check.dev/remediation': id } },
      spec: { podSelector: { matchLabels: { app: 'checkout' } }, policyTypes: ['Egress'] },
    },
    manifestHash: 'hash',
    pods: ['checkout-7d9f'],
    checkedBy: 'U0CHECKER',
    requestedBy: 'U0ASKER',
    channel: 'C0INCIDENT',
    threadTs: '1700000000.000100',
    cardTs: null,
    ttlMinutes: 30,
    proposedAt: t0.toISOString(),
    lapsesAt: new Date(t0.getTime() + 30 * 60_000).toISOString(),
    expiresAt: null,
    objectUid: null,
    decision: null,
    log: [],
    ...over,
  };
}

export function aVerification(ipv6: number, ipv4: number, over: Partial<Verification> = {}): Verification {
  return {
    at: t0.toISOString(),
    ipv6: { connected: ipv6, of: 3 },
    ipv4: { connected: ipv4, of: 3 },
    problem: null,
    ...over,
  };
}
