import type { StoredObject } from '../../src/evidence/objects.ts';
import { verifyJob } from '../../src/jobs/remediate.ts';
import { recordKeptOn } from '../../src/remediation/kept.ts';
import type { Remediation } from '../../src/remediation/lifecycle.ts';
import { objectName } from '../../src/remediation/manifest.ts';
import { type DeskDeps, remediationDesk } from './desk.ts';

export interface RebuildDeps extends DeskDeps {
  readonly decisionKey: string;
}

/** Gives a policy whose record was lost with Redis its record back, so that its thread hears of its end. */
export function rebuilder(deps: RebuildDeps) {
  const desk = remediationDesk(deps);
  const { remediations, decisionKey, clusterName, log } = deps;

  /** `isGone`: it has been removed already, so that its end is all that is left to tell. */
  return async (object: StoredObject, { isGone }: { readonly isGone: boolean }): Promise<Remediation | null> => {
    const kept = recordKeptOn(object, decisionKey);
    const { uid: objectUid = null } = object.metadata;
    if (kept?.cluster !== clusterName || objectUid === null) return null;
    // Stale is another writer's sweep, just as far: of the two moves one counts.
    await remediations.save(kept, -1);
    const note = 'Its record was lost and has been read from the policy.';
    const moved = await desk.move(kept, 'applied', { by: 'sweep', note, patch: { objectUid } });
    if (!moved) return desk.load(kept.id);
    log.warn({ remediationId: moved.id, object: objectName(object), isGone }, 'lost record rebuilt from its policy');
    if (isGone) return moved;
    await desk.next(verifyJob, moved);
    await desk.redraw(moved);
    await desk.announce(moved, 'recovered');
    return moved;
  };
}
