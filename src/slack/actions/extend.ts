import { extendJob } from '../../jobs/remediate.ts';
import { signDecision } from '../../remediation/decision.ts';
import type { Permission } from '../../remediation/grants.ts';
import { extendedEnd, type Remediation } from '../../remediation/lifecycle.ts';
import { authorise } from '../authorise.ts';
import type { BotDeps, Press } from '../deps.ts';
import { slackDate } from '../mrkdwn.ts';
import { answeredCard } from '../views/reminder.ts';
import { carryOn, decide, notKnown, pressedOn } from './decide.ts';

/** A second person's yes to a longer life, within the maximum from its creation; null, or why it does not count. */
export async function extendPolicy(deps: BotDeps, press: Press): Promise<string | null> {
  const found = await pressedOn(deps, press);
  if (!found) return notKnown;
  const allowed = await mayDecide(deps, press, found);
  if (!allowed.ok) return allowed.reason;
  if (found.state === 'active' && extendedEnd(found, deps.maximumMinutes) === null) {
    return `It cannot be extended: no temporary policy lives longer than ${deps.maximumMinutes} minutes. Mend the policy that denies, or ask for another one when this has ended.`;
  }

  const decided = await decide(deps, found, 'extend', press, (next) => {
    const expiresAt = (extendedEnd(next, deps.maximumMinutes) ?? new Date(next.expiresAt ?? 0)).toISOString();
    const words = { id: next.id, approver: press.user, manifestHash: next.manifestHash, expiresAt };
    return { expiresAt, decision: signDecision(deps.decisionKey, words) };
  });
  if (!decided.ok) return decided.sentence;
  await carryOn(deps, decided.remediation, extendJob);
  await answerOn(deps, press, decided.remediation, true);
  return null;
}

/** No is what happens anyway, so it changes nothing but the question. */
export async function letPolicyGo(deps: BotDeps, press: Press): Promise<string | null> {
  const found = await pressedOn(deps, press);
  if (!found) return notKnown;
  const allowed = await mayDecide(deps, press, found);
  if (!allowed.ok) return allowed.reason;
  if (found.state !== 'active' || found.expiresAt === null) return `This policy is ${found.state} already.`;
  await answerOn(deps, press, found, false);
  return `It ends ${slackDate(new Date(found.expiresAt))}.`;
}

function mayDecide(deps: BotDeps, press: Press, { cluster, subject }: Remediation): Promise<Permission> {
  return authorise(deps, press, { cluster, namespace: subject.namespace }, 'approve');
}

async function answerOn(deps: BotDeps, press: Press, remediation: Remediation, isExtended: boolean): Promise<void> {
  // The card itself may bear the button one day; it is drawn by what happens to the record.
  if (press.messageTs === null || press.messageTs === remediation.cardTs) return;
  const place = { channel: press.channel, ts: press.messageTs };
  const drawn = await deps.threads.update(place, answeredCard(remediation, press.name ?? press.user, isExtended));
  if (!drawn.ok) deps.log.warn({ remediationId: remediation.id, reason: drawn.reason }, 'question not redrawn');
}
