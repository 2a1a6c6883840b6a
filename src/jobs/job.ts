import { z } from 'zod';

/** One contract per job: what travels, on which queue, how it is retried, and the id that makes it unique. */
export interface JobDefinition<P> {
  readonly name: string;
  /** `probe-<cluster>` or `remediate-<cluster>`: one queue per cluster and kind, and no colon in it. */
  queue(payload: P): string;
  readonly payload: z.ZodType<P>;
  readonly options: {
    readonly attempts: number;
    readonly backoffMs: number;
    /** Effect jobs are removed at once: BullMQ silently drops an add whose id still exists. */
    readonly keepCompletedSeconds: number;
  };
  /** No colon and not a bare integer: BullMQ refuses both. */
  idOf(payload: P): string;
}

export function defineJob<P>(job: JobDefinition<P>): JobDefinition<P> {
  return job;
}

export const DnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'not a DNS-1123 label');
export const DnsSubdomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'not a DNS-1123 subdomain');

/** What a person may ask about. A `pod` may be a unique prefix or a workload's name. */
export const Target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pod'), namespace: DnsLabel, name: DnsSubdomain }),
  z.strictObject({
    kind: z.literal('workload'),
    namespace: DnsLabel,
    workload: z.enum(['deploy', 'sts', 'ds', 'job']),
    name: DnsSubdomain,
  }),
  z.strictObject({ kind: z.literal('node'), name: DnsSubdomain }),
]);
export type Target = z.infer<typeof Target>;

export const Destination = z.strictObject({
  /** An IPv6 literal in RFC 5952 form, or a host name. */
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
});
export type Destination = z.infer<typeof Destination>;
