import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What somebody meant, decided or did to a temporary policy. Ids and states: never a secret, never evidence. */
export const AuditWords = z.strictObject({
  kind: z.enum(['intent', 'decision', 'effect', 'recovered']),
  /** `approve`, `revoke`, `create`, `removed` … */
  action: z.string(),
  /** A Slack user's id, or the process: `writer`, `sweep`, `clock`. */
  actor: z.string(),
  cluster: z.string(),
  remediationId: z.string(),
  /** The record's state before and after; null where there is no record. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  manifestHash: z.string().nullable(),
  /** `NetworkPolicy shop/ipv6check-r… (uid)`; null where no object was touched. */
  object: z.string().nullable(),
  note: z.string(),
});
export type AuditWords = z.infer<typeof AuditWords>;

export const AuditEntry = AuditWords.extend({
  seq: z.int().min(1),
  at: z.iso.datetime(),
  /** The hash of the entry before; 64 zeros for the first. */
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

const origin = '0'.repeat(64);

/** The next entry of the chain. */
export function chained(words: AuditWords, last: AuditEntry | null, at: Date): AuditEntry {
  const entry = { ...words, seq: (last?.seq ?? 0) + 1, at: at.toISOString(), previous: last?.hash ?? origin };
  return { ...entry, hash: hashOf(entry) };
}

export type Verdict =
  | { readonly ok: true; readonly entries: number }
  /** `seq` of the first entry that does not follow from the one before. */
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly why: string };

/** Whether nothing was changed, left out or put in between since it was written. */
export function verifyChain(lines: readonly unknown[]): Verdict {
  let last: AuditEntry | null = null;
  for (const [index, line] of lines.entries()) {
    const seq: number = last === null ? 1 : last.seq + 1;
    const broken = (why: string): Verdict => ({ ok: false, entries: lines.length, seq, why });
    const parsed = AuditEntry.safeParse(line);
    if (!parsed.success) return broken(`entry ${index + 1} cannot be read`);
    const { hash, ...entry } = parsed.data;
    if (entry.seq !== seq) return broken(`entry ${seq} is missing: ${entry.seq} stands in its place`);
    if (entry.previous !== (last?.hash ?? origin)) return broken(`entry ${seq} does not follow the one before it`);
    if (hash !== hashOf(entry)) return broken(`entry ${seq} was changed after it was written`);
    last = parsed.data;
  }
  return { ok: true, entries: lines.length };
}

function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  // By name, so that the order in which somebody wrote the fields does not matter.
  const fields = Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
