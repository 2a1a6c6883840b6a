import { createHash } from 'node:crypto';
import type { StoredObject } from '../evidence/objects.ts';

/** The same JSON whatever the order in which an object's fields were written. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
}

/**
 * SHA-256 in hex over what an approval is about: kind, name, labels and spec. Annotations are left out, for the time and the
 * approver are written there after the approval.
 */
export function manifestHash({ apiVersion, kind, metadata, spec }: StoredObject): string {
  const { name, namespace = null, labels = {} } = metadata;
  const identity = canonical({ apiVersion, kind, metadata: { name, namespace, labels }, spec });
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
