import type { Logger } from 'pino';
import type { StoredObject } from '../evidence/objects.ts';
import type { Audit, PolicyWriter, Remediations } from '../ports.ts';
import type { AuditWords } from '../remediation/audit.ts';
import { objectName, remediationLabel } from '../remediation/manifest.ts';

type Log = Pick<Logger, 'info' | 'error'>;

/** Everybody who decides is a person; the rest are processes doing what was decided. */
const decisions = new Set(['approve', 'reject', 'revoke', 'extend']);

export interface AuditDeps {
  readonly audit: Audit;
  readonly log: Log;
}

/** On standard output first, where nothing is lost with Redis. An audit that fails is an alert, and stops no revert. */
async function note({ audit, log }: AuditDeps, words: AuditWords): Promise<void> {
  log.info({ audit: words }, 'audit');
  await audit.record(words).catch((err: unknown) => {
    log.error({ err, alert: true, audit: words }, 'audit entry could not be stored');
  });
}

/** A store whose every change of state leaves an entry: who, what, from which state to which. */
export function auditedRemediations(remediations: Remediations, deps: AuditDeps): Remediations {
  return {
    ...remediations,
    async save(next, expectedVersion) {
      const before = expectedVersion < 0 ? null : await remediations.load(next.id);
      const saved = await remediations.save(next, expectedVersion);
      if (saved === 'stale') return saved;
      const { id: remediationId, cluster, manifestHash, state, requestedBy } = next;
      const common = { cluster, remediationId, manifestHash, object: null };
      // A record that begins in the middle of its life is one that Redis lost, and with it the tail of this trail.
      const isRecovered = before === null && next.log.length > 0;
      if (before === null) {
        const intent = {
          kind: isRecovered ? 'recovered' : 'intent',
          action: 'propose',
          actor: requestedBy,
          before: null,
          after: state,
        } as const;
        await note(deps, { ...common, ...intent, note: '' });
      }
      for (const { event, by, note: text } of next.log.slice(before?.log.length ?? 0)) {
        const kind = isRecovered ? 'recovered' : decisions.has(event) ? 'decision' : 'effect';
        const change = { action: event, actor: by, before: before?.state ?? null, after: state };
        await note(deps, { ...common, ...change, kind, note: text });
      }
      return saved;
    },
  };
}

/** A writer that says what it is about to do to the cluster, and what came of it. */
export function auditedWriter(writer: PolicyWriter, cluster: string, deps: AuditDeps): PolicyWriter {
  const words = (object: StoredObject): Omit<AuditWords, 'kind' | 'action' | 'note'> => ({
    ...{ actor: 'writer', cluster, before: null, after: null, manifestHash: null },
    remediationId: object.metadata.labels?.[remediationLabel] ?? '',
    object: objectName(object),
  });
  const change = async <T extends { readonly ok: boolean; readonly message?: string }>(
    [action, done]: readonly [string, string],
    object: StoredObject,
    work: () => Promise<T>,
  ): Promise<T> => {
    await note(deps, { ...words(object), kind: 'intent', action, note: '' });
    const outcome = await work();
    const result = outcome.ok ? done : `${action} refused`;
    await note(deps, { ...words(object), kind: 'effect', action: result, note: outcome.message ?? '' });
    return outcome;
  };

  return {
    ...writer,
    create: (manifest, options) =>
      options.dryRun
        ? writer.create(manifest, options)
        : change(['create', 'created'], manifest, () => writer.create(manifest, options)),
    extend: (manifest, uid, end) =>
      change(['extend', `extended to ${end.toISOString()}`], manifest, () => writer.extend(manifest, uid, end)),
    remove: (manifest, uid) => change(['remove', 'removed'], manifest, () => writer.remove(manifest, uid)),
  };
}
