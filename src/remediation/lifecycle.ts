import { z } from 'zod';
import { StoredObject } from '../evidence/objects.ts';

/** One row per state, one column per event that state accepts. What is not written here cannot happen. */
const transitions = {
  proposed: { approve: 'approved', reject: 'rejected', lapse: 'lapsed' },
  approved: { applied: 'verifying', failed: 'reverting', refused: 'failed', revoke: 'reverting', lapse: 'reverting' },
  verifying: { proved: 'active', disproved: 'reverting', expire: 'reverting', revoke: 'reverting' },
  active: { extend: 'active', revoke: 'reverting', expire: 'reverting' },
  reverting: { reverted: 'reverted', stick: 'stuck' },
  stuck: { reverted: 'reverted' },
  rejected: {},
  lapsed: {},
  failed: {},
  reverted: {},
} as const;

export type State = keyof typeof transitions;
export type EventName =
  | 'approve'
  | 'reject'
  | 'lapse'
  | 'applied'
  | 'failed'
  | 'refused'
  | 'proved'
  | 'disproved'
  | 'expire'
  | 'extend'
  | 'revoke'
  | 'reverted'
  | 'stick';
// Object.keys widens to string; the keys of this literal are the states.
const states = Object.keys(transitions) as [State, ...State[]];

/** The bot's signed word that a person approved this manifest; the writer trusts this and no job. */
export const Decision = z.strictObject({
  approver: z.string(),
  manifestHash: z.string(),
  expiresAt: z.iso.datetime(),
  signature: z.string(),
});
export type Decision = z.infer<typeof Decision>;

export const Remediation = z.strictObject({
  id: z.string(),
  version: z.int().min(0),
  state: z.enum(states),
  cluster: z.string(),
  /** The run whose verdict this answers. */
  requestId: z.uuid(),
  subject: z.strictObject({ namespace: z.string(), pod: z.string(), uid: z.string() }),
  destinations: z.array(z.strictObject({ family: z.literal([4, 6]), address: z.string(), port: z.int() })),
  manifest: StoredObject,
  manifestHash: z.string(),
  /** Pods that the policy selects, by name. */
  pods: z.array(z.string()),
  /** The plan's words for what opens and what stays shut, so that every later card repeats them. */
  opens: z.array(z.string()).optional(),
  staysShut: z.array(z.string()).optional(),
  checkedBy: z.string(),
  requestedBy: z.string(),
  /** What people call those who are in this record, by their ids, at the time. */
  names: z.record(z.string(), z.string()).optional(),
  channel: z.string(),
  threadTs: z.string(),
  cardTs: z.string().nullable(),
  ttlMinutes: z.int().min(1),
  /** What was asked for: all of IPv6 (also when it is absent), or the destinations alone. */
  breadth: z.enum(['all', 'destination']).optional(),
  proposedAt: z.iso.datetime(),
  /** Ends a decision that nobody took or applied. */
  lapsesAt: z.iso.datetime(),
  /** Ends the policy; set when it is approved. */
  expiresAt: z.iso.datetime().nullable(),
  /** The created object's uid; deletes carry it. */
  objectUid: z.string().nullable(),
  decision: Decision.nullable(),
  log: z.array(z.strictObject({ event: z.string(), by: z.string(), at: z.iso.datetime(), note: z.string() })),
});
export type Remediation = z.infer<typeof Remediation>;

export type Step =
  | { readonly ok: true; readonly next: Remediation }
  | { readonly ok: false; readonly refusal: 'not-in-this-state' | 'own-request' | 'own-check' | 'lapsed' };

/** One step of a remediation's life; pure, so that every door and every replica refuses the same things. */
export function advance(current: Remediation, event: EventName, by: string, now: Date, note = ''): Step {
  const row: Partial<Record<EventName, State>> = transitions[current.state];
  const target = row[event];
  if (!target) return { ok: false, refusal: 'not-in-this-state' };
  // A longer life takes a second person as much as the life itself did.
  const isApproval = event === 'approve' || event === 'extend';
  if (isApproval && by === current.requestedBy) return { ok: false, refusal: 'own-request' };
  if (isApproval && by === current.checkedBy) return { ok: false, refusal: 'own-check' };
  if (event === 'approve' && now >= new Date(current.lapsesAt)) return { ok: false, refusal: 'lapsed' };

  const entry = { event, by, at: now.toISOString(), note };
  return { ok: true, next: { ...current, state: target, version: current.version + 1, log: [...current.log, entry] } };
}

export function isFinal(state: State): boolean {
  return Object.keys(transitions[state]).length === 0;
}

/** When a policy ends that is extended now by its own length; null where the maximum from its creation leaves nothing. */
export function extendedEnd({ expiresAt, ttlMinutes, log }: Remediation, maximumMinutes: number): Date | null {
  const born = log.findLast(({ event }) => event === 'applied')?.at;
  if (expiresAt === null || born === undefined) return null;
  // A minute short of the maximum: the object is older than the note of its creation, and two clocks judge it.
  const latest = new Date(born).getTime() + (maximumMinutes - 1) * 60_000;
  const wished = new Date(expiresAt).getTime() + ttlMinutes * 60_000;
  const end = Math.min(wished, latest);
  return end > new Date(expiresAt).getTime() ? new Date(end) : null;
}

/** A person as others know them; the id where nobody said more, and for processes. */
export function nameIn({ names }: Remediation, id: string): string {
  return names && Object.hasOwn(names, id) ? (names[id] ?? id) : id;
}
