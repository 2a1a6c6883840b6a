import { applyJob } from '../../jobs/remediate.ts';
import { signDecision } from '../../remediation/decision.ts';
import { authorise } from '../authorise.ts';
import type { BotDeps, Press } from '../deps.ts';
import { carryOn, decide, notKnown, pressedOn } from './decide.ts';

/** A second person's yes, signed for the writer; null, or why it does not count. */
export async function approve(deps: BotDeps, press: Press): Promise<string | null> {
  const found = await pressedOn(deps, press);
  if (!found) return notKnown;
  const { cluster, subject } = found;
  const allowed = await authorise(deps, press, { cluster, namespace: subject.namespace }, 'approve');
  if (!allowed.ok) return allowed.reason;

  const decided = await decide(deps, found, 'approve', press, ({ id, manifestHash, ttlMinutes }) => {
    const expiresAt = new Date(deps.clock.now().getTime() + ttlMinutes * 60_000).toISOString();
    return {
      expiresAt,
      decision: signDecision(deps.decisionKey, { id, approver: press.user, manifestHash, expiresAt }),
    };
  });
  if (!decided.ok) return decided.sentence;
  await carryOn(deps, decided.remediation, applyJob);
  return null;
}
