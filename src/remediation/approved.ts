import type { StoredObject } from '../evidence/objects.ts';
import { keptText, recordAnnotation } from './kept.ts';
import type { Remediation } from './lifecycle.ts';

/** The object as it is created: the approved manifest, and on it who approved it, when it ends, and its record. */
export function approvedManifest(remediation: Remediation): StoredObject {
  const { manifest, manifestHash, decision, expiresAt } = remediation;
  if (!decision || expiresAt === null) throw new Error('only an approved remediation has an object');
  const { annotations } = manifest.metadata;
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      annotations: {
        ...(typeof annotations === 'object' ? annotations : {}),
        // RFC 3339 in UTC without fractions, as the API server writes its own times.
        'ipv6check.dev/expires-at': expiresAt.replace(/\.\d+Z$/, 'Z'),
        'ipv6check.dev/approved-by': decision.approver,
        'ipv6check.dev/manifest-hash': manifestHash,
        [recordAnnotation]: keptText(remediation),
      },
    },
  };
}

/** Whether an object that the cluster already has is the one that this remediation creates. */
export function isObjectOf({ id, manifestHash }: Remediation, { metadata }: StoredObject): boolean {
  const { annotations = {} } = metadata;
  const hash = Object.entries(annotations ?? {}).find(([name]) => name === 'ipv6check.dev/manifest-hash')?.[1];
  return metadata.labels?.['ipv6check.dev/remediation'] === id && hash === manifestHash;
}
