import type { StoredObject } from '../../src/evidence/objects.ts';
import type { Clock, PolicyWriter } from '../../src/ports.ts';
import { expiryOf, isOurs, objectName } from '../../src/remediation/manifest.ts';
import type { Log } from './log.ts';

export interface ExpiredDeps {
  readonly writer: Pick<PolicyWriter, 'listOurs' | 'remove' | 'serverTime'>;
  readonly clock: Clock;
  readonly maximumMinutes: number;
  readonly log: Log;
}

export interface Ended {
  /** Everything of ours that stood, what was over included. */
  readonly seen: readonly StoredObject[];
  readonly removed: readonly StoredObject[];
  readonly failed: readonly StoredObject[];
}

/** Ends what is over, by the cluster alone: neither a store, nor a queue, nor a record is asked. */
export function expiredEnder({ writer, clock, maximumMinutes, log }: ExpiredDeps) {
  async function removeNow(object: StoredObject): Promise<boolean> {
    const { uid } = object.metadata;
    const removed = uid ? await writer.remove(object, uid) : null;
    const isGone = removed !== null && (removed.ok || removed.reason === 'not-found' || removed.reason === 'conflict');
    const facts = { object: objectName(object), uid, detail: removed?.ok === false ? removed.message : undefined };
    if (isGone) log.info(facts, 'expired policy removed');
    else log.error({ ...facts, alert: true }, 'expired policy could not be removed');
    return isGone;
  }

  return {
    removeNow,

    /** Null when our policies could not be listed: nobody knows then what stands. */
    async endExpired(): Promise<Ended | null> {
      // Expiry is judged by the clock that stamped the objects; a process's own may be off.
      const now = (await writer.serverTime()) ?? clock.now();
      const listed = await writer.listOurs();
      if (!listed.ok) {
        log.error({ reason: listed.reason, detail: listed.message }, 'our policies could not be listed');
        return null;
      }

      const seen = listed.value.filter((object) => {
        if (isOurs(object)) return true;
        log.error(
          { alert: true, object: objectName(object) },
          'an object bears our label and not our shape; it is left alone',
        );
        return false;
      });
      const over = seen.filter((object) => {
        const expiry = expiryOf(object, maximumMinutes);
        return expiry === 'expired' || expiry <= now;
      });
      const outcomes = await Promise.all(over.map(async (object) => ({ object, isGone: await removeNow(object) })));
      return {
        seen,
        removed: outcomes.filter(({ isGone }) => isGone).map(({ object }) => object),
        failed: outcomes.filter(({ isGone }) => !isGone).map(({ object }) => object),
      };
    },
  };
}
