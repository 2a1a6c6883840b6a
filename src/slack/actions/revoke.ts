import { revertJob } from '../../jobs/remediate.ts';
import { authorise } from '../authorise.ts';
import type { Asker, BotDeps } from '../deps.ts';
import { carryOn, decide, notKnown } from './decide.ts';

/** Ends a policy now. Ending is the safe direction, so the one who asked for it may do it too. */
export async function revokePolicy(deps: BotDeps, asker: Asker, id: string): Promise<string> {
  const found = await deps.remediations.load(id);
  if (!found || !deps.clusters.includes(found.cluster)) return notKnown;
  const { cluster, subject, requestedBy } = found;
  const right = asker.user === requestedBy ? 'ask' : 'approve';
  const allowed = await authorise(deps, asker, { cluster, namespace: subject.namespace }, right);
  if (!allowed.ok) return allowed.reason;

  const decided = await decide(deps, found, 'revoke', asker);
  if (!decided.ok) return decided.sentence;
  await carryOn(deps, decided.remediation, revertJob);
  return 'Revoked. The policy is being removed, and its thread says when that is proved.';
}
