import { catalogue } from '../../errors.ts';
import type { JobDefinition } from '../../jobs/job.ts';
import type { StepPayload } from '../../jobs/remediate.ts';
import { advance, type EventName, type Remediation, type Step } from '../../remediation/lifecycle.ts';
import type { Asker, BotDeps, Press } from '../deps.ts';
import { decidedCard } from '../views/approval.ts';

export type Decided =
  | { readonly ok: true; readonly remediation: Remediation }
  | { readonly ok: false; readonly sentence: string };

export const notKnown = 'That temporary policy is not known here any more. `/ipv6check active` lists those that are.';

/** The record that a button stands for, in the channel that its card was posted in; null when it is not known there. */
export async function pressedOn(deps: BotDeps, { value, channel }: Press): Promise<Remediation | null> {
  const found = await deps.remediations.load(value);
  return found && found.channel === channel && deps.clusters.includes(found.cluster) ? found : null;
}

/** Moves the record by compare-and-set: of two people who decide at once one wins, and the other is told who. */
export async function decide(
  deps: BotDeps,
  found: Remediation,
  event: EventName,
  { user: by, name }: Pick<Asker, 'user' | 'name'>,
  patch: (next: Remediation) => Partial<Remediation> = () => ({}),
): Promise<Decided> {
  // The writer notes things on a record without deciding anything, so a stale save is tried on the newer one.
  for (let current: Remediation | null = found, tries = 0; current && tries < 5; tries += 1) {
    // A decision is about the manifest that its card showed, and about no other.
    if (current.manifestHash !== found.manifestHash) break;
    // Two people who extend at once mean the same extension.
    if (event === 'extend' && current.expiresAt !== found.expiresAt) break;
    const step = advance(current, event, by, deps.clock.now());
    if (!step.ok) return { ok: false, sentence: await sentenceOf(deps, current, step.refusal) };
    const names = name === undefined ? {} : { names: { ...current.names, [by]: name } };
    const next = { ...step.next, ...names, ...patch(step.next) };
    if ((await deps.remediations.save(next, current.version)) === 'saved') {
      const { id, state, version, manifestHash } = next;
      deps.log.info({ remediationId: id, event, by, state, version, manifestHash }, 'remediation decided');
      return { ok: true, remediation: next };
    }
    current = await deps.remediations.load(found.id);
  }
  return { ok: false, sentence: catalogue.STALE_DECISION.say };
}

/** The card first, so that a later state, drawn by the writer, is never painted over. */
export async function carryOn(
  deps: BotDeps,
  remediation: Remediation,
  job: JobDefinition<StepPayload> | null,
): Promise<void> {
  const { id: remediationId, cluster, version, channel, cardTs, opens = [], staysShut = [] } = remediation;
  if (cardTs !== null) {
    const drawn = await deps.threads.update({ channel, ts: cardTs }, decidedCard(remediation, { opens, staysShut }));
    if (!drawn.ok) deps.log.warn({ remediationId, reason: drawn.reason }, 'card not redrawn');
  }
  if (job === null) return;
  const queued = await deps.jobs.enqueue(job, { v: 1, remediationId, cluster, version, attempt: 0 });
  // What was decided stands: a writer's sweep takes up what the queue did not.
  if (!queued.ok) deps.log.error({ remediationId, reason: queued.reason }, 'step left to the sweep');
}

const refusals = {
  'own-request': 'You asked for this policy, so somebody else decides about it.',
  'own-check': 'You ran the check that led to this policy, so somebody else decides about it.',
  lapsed: 'The time to decide about this policy is over. Ask for it again from the card of the check.',
} as const;

async function sentenceOf(
  { people }: BotDeps,
  current: Remediation,
  refusal: Extract<Step, { ok: false }>['refusal'],
): Promise<string> {
  if (refusal !== 'not-in-this-state') return refusals[refusal];
  const last = current.log.findLast(({ event }) => /^(approve|reject|revoke|lapse|expire)$/.test(event));
  if (current.state === 'proposed') return 'Nobody has decided about this policy yet. Reject it on its card.';
  if (!last) return `This policy is ${current.state} already.`;
  if (!/^[UW][A-Z0-9]+$/.test(last.by)) return `The time of this policy is over; it is ${current.state}.`;
  const words = { approve: 'approved', reject: 'rejected', revoke: 'revoked' }[last.event] ?? 'decided about';
  return `${(await people.person(last.by))?.name ?? last.by} has already ${words} this policy; it is ${current.state}.`;
}
