import type { StoredObject } from '../../src/evidence/objects.ts';
import type { RawObject } from '../../src/ports.ts';

/** Only what is named here leaves a read: container env, other annotations and managedFields never do. */
export function pruned(raw: RawObject, keep: readonly ('spec' | 'apiVersion')[] = []): StoredObject {
  const metadata = recordOf(raw.metadata);
  const { name, namespace, uid, creationTimestamp } = metadata;
  const annotations = annotationsIn(raw, ['ipv6check.dev/']);
  return {
    apiVersion: textOf(raw.apiVersion),
    kind: textOf(raw.kind),
    metadata: {
      name: textOf(name),
      ...(typeof namespace === 'string' ? { namespace } : {}),
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof creationTimestamp === 'string' ? { creationTimestamp } : {}),
      labels: textsOf(metadata.labels),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...(keep.includes('spec') && raw.spec !== undefined ? { spec: raw.spec } : {}),
  };
}

export function annotationsIn(raw: RawObject, prefixes: readonly string[]): Record<string, string> {
  const all = textsOf(recordOf(raw.metadata).annotations);
  return Object.fromEntries(Object.entries(all).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))));
}

export function recordOf(value: unknown): RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly RawObject[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recordOf(value)).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}
