import { authorise } from '../authorise.ts';
import type { BotDeps, Press } from '../deps.ts';
import { carryOn, decide, notKnown, pressedOn } from './decide.ts';

/** No, by somebody who could have said yes, or by the one who asked and thought better of it. */
export async function reject(deps: BotDeps, press: Press): Promise<string | null> {
  const found = await pressedOn(deps, press);
  if (!found) return notKnown;
  const { cluster, subject, requestedBy } = found;
  const right = press.user === requestedBy ? 'ask' : 'approve';
  const allowed = await authorise(deps, press, { cluster, namespace: subject.namespace }, right);
  if (!allowed.ok) return allowed.reason;

  const decided = await decide(deps, found, 'reject', press);
  if (!decided.ok) return decided.sentence;
  await carryOn(deps, decided.remediation, null);
  return null;
}
