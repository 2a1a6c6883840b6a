import { z } from 'zod';

/** The run's one document, whichever door the request came through. Field names are public. */
export const Report = z.strictObject({
  version: z.literal(1),
  id: z.uuid(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  request: z.strictObject({ cluster: z.string(), target: z.string(), destination: z.string().nullable() }),
  subject: z.strictObject({
    namespace: z.string(),
    pod: z.string(),
    uid: z.string(),
    node: z.string().nullable(),
    /** The container whose shell ran the probe; null when none did. */
    container: z.string().nullable(),
    /** Where the evidence came from: the pod's own shell, a neighbour container's, or the node and the API alone. */
    rung: z.enum(['own-shell', 'other-container', 'ephemeral-container', 'node-only', 'api-only']),
    /** Server versions; null where they could not be read, `calico: null` also where there is none. */
    kubernetes: z.string().nullable(),
    calico: z.string().nullable(),
  }),
  verdict: z.strictObject({
    outcome: z.enum(['reachable', 'broken', 'inconclusive']),
    cause: z.string().nullable(),
    stage: z.string().nullable(),
    confidence: z.enum(['certain', 'likely']).nullable(),
    neighbours: z.array(z.string()),
    policyIsCause: z.enum(['yes', 'no', 'unknown']),
    summary: z.string(),
    notLookedAt: z.array(z.string()),
  }),
  path: z.array(
    z.strictObject({ hop: z.string(), status: z.enum(['ok', 'broken', 'unknown', 'unreached']), note: z.string() }),
  ),
  findings: z.array(
    z.strictObject({
      checkId: z.string(),
      stage: z.string(),
      title: z.string(),
      outcome: z.enum(['pass', 'fail', 'inconclusive', 'not-applicable', 'unknown', 'crashed']),
      summary: z.string(),
      facts: z.array(z.string()),
      fix: z.string().nullable(),
    }),
  ),
  remediation: z.strictObject({
    offered: z.boolean(),
    /** Why no temporary policy is offered, in one sentence; null when one is. */
    refusal: z.string().nullable(),
    /** The object as YAML; null when none is offered. */
    manifest: z.string().nullable(),
  }),
  cost: z.strictObject({
    execs: z.int(),
    /** Every HTTP request to the API server on this run's behalf, execs included. */
    apiRequests: z.int(),
    totalMs: z.int(),
    phases: z.array(z.strictObject({ ms: z.int(), slowestProbeMs: z.int() })),
  }),
});
export type Report = z.infer<typeof Report>;
export type Finding = Report['findings'][number];
export type ReportVerdict = Report['verdict'];
