import type { StoredObject } from '../evidence/objects.ts';
import { verifyDecision } from './decision.ts';
import { manifestHash } from './hash.ts';
import { Decision, Remediation } from './lifecycle.ts';
import { expiresAt as expiresAtAnnotation, remediationLabel } from './manifest.ts';

/** Where an object carries the record that Redis may lose. */
export const recordAnnotation = 'ipv6check.dev/record';

/** Annotations of an object share 256 KiB. */
const mostPods = 200;

/** All of a record but what its object says itself, and what has happened since it was approved. */
const Kept = Remediation.omit({ version: true, state: true, expiresAt: true, objectUid: true, log: true }).extend({
  decision: Decision,
});

/** What is written onto the object of an approved remediation. */
export function keptText(remediation: Remediation): string {
  const { version: _version, state: _state, expiresAt: _end, objectUid: _uid, log: _log, ...kept } = remediation;
  return JSON.stringify({ ...kept, pods: kept.pods.slice(0, mostPods) });
}

/**
 * The record as it was when it was approved, read from its object. Null where there is none, or none that the bot has
 * signed for: whoever can write an object must not be able to write a record by it.
 */
export function recordKeptOn({ kind, metadata }: StoredObject, decisionKey: string): Remediation | null {
  const annotations = new Map(Object.entries(metadata.annotations ?? {}));
  const parsed = Kept.safeParse(fromJson(annotations.get(recordAnnotation)));
  const end = new Date(String(annotations.get(expiresAtAnnotation)));
  if (!parsed.success || Number.isNaN(end.getTime())) return null;

  const kept = parsed.data;
  const { id, decision, manifest } = kept;
  const isSame =
    metadata.labels?.[remediationLabel] === id &&
    manifest.kind === kind &&
    manifest.metadata.name === metadata.name &&
    manifest.metadata.namespace === metadata.namespace;
  const hash = manifestHash(manifest);
  const isBound = decision.manifestHash === hash && kept.manifestHash === hash;
  if (!isSame || !isBound || !verifyDecision(decisionKey, id, decision)) return null;

  const born: unknown = metadata.creationTimestamp;
  const at = typeof born === 'string' ? new Date(born).toISOString() : kept.proposedAt;
  return {
    ...{ ...kept, version: 0, state: 'approved', objectUid: null, expiresAt: end.toISOString() },
    log: [{ event: 'approve', by: decision.approver, at, note: '' }],
  };
}

function fromJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // fails the schema, which is the answer for anything unreadable
  }
}
