import type { KubeObject } from '../contract.ts';

export const born = '2026-01-12T08:00:00Z';

export function object(
  apiVersion: string,
  kind: string,
  metadata: KubeObject['metadata'],
  rest: Readonly<Record<string, unknown>> = {},
): KubeObject {
  return { apiVersion, kind, metadata: { creationTimestamp: born, ...metadata }, ...rest };
}
