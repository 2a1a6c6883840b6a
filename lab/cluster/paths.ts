import { badRequest } from './status.ts';

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Discovery and health have no resource; authorisation treats them by their path. */
export type ApiPath =
  | { readonly kind: 'other'; readonly segments: readonly string[] }
  | ({ readonly kind: 'resource' } & ResourcePath);

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(segment)}`);
  }
}

export function parsePath(pathname: string): ApiPath {
  const segments = pathname.split('/').filter(Boolean).map(decoded);
  const [root, ...rest] = segments;
  const other: ApiPath = { kind: 'other', segments };
  if (root !== 'api' && root !== 'apis') return other;

  const [group, version, ...tail] = root === 'api' ? ['', ...rest] : rest;
  if (group === undefined || version === undefined || tail.length === 0) return other;
  const place = { kind: 'resource', group, version } as const;

  // /namespaces/x is the Namespace itself, /namespaces/x/pods what lives in it.
  const [first = '', second, third, fourth, fifth, ...excess] = tail;
  if (excess.length > 0) return other;
  if (
    first === 'namespaces' &&
    second !== undefined &&
    third !== undefined &&
    third !== 'status' &&
    third !== 'finalize'
  ) {
    return { ...place, namespace: second, plural: third, name: fourth, subresource: fifth };
  }
  if (fourth !== undefined) return other;
  return {
    ...place,
    // RBAC judges a Namespace by rules of that namespace too.
    namespace: first === 'namespaces' && group === '' ? second : undefined,
    plural: first,
    name: second,
    subresource: third,
  };
}
