import { z } from 'zod';
import { Destination, DnsLabel, defineJob, Target } from './job.ts';

export const DiagnosePayload = z.strictObject({
  v: z.literal(1),
  requestId: z.uuid(),
  cluster: DnsLabel,
  target: Target,
  destination: Destination.nullable(),
  team: z.string(),
  channel: z.string(),
  requestedBy: z.string(),
});
export type DiagnosePayload = z.infer<typeof DiagnosePayload>;

export const diagnoseJob = defineJob<DiagnosePayload>({
  name: 'diagnose',
  queue: ({ cluster }) => `probe-${cluster}`,
  payload: DiagnosePayload,
  options: { attempts: 3, backoffMs: 2_000, keepCompletedSeconds: 3_600 },
  idOf: ({ requestId }) => `diagnose-${requestId}`,
});
