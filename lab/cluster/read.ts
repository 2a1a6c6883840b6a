import type { KubeObject } from '../contract.ts';
import { fieldsOf } from './json.ts';
import type { ResourcePath } from './paths.ts';
import type { ApiRequest } from './request.ts';
import { groupVersionOf, type Resource } from './resources.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';
import { badRequest, expired, failure, notFound, type Reply } from './status.ts';
import type { Store } from './store.ts';

/** What of each object was asked for by `Accept`. */
export type Shape = 'whole' | 'metadata';

export function shapeAsked(
  accept: string | undefined,
  wanted: 'PartialObjectMetadata' | 'PartialObjectMetadataList',
): Shape {
  const offers = (accept ?? '*/*').split(',').map((offer) => offer.trim());
  for (const offer of offers) {
    const [type, ...parameters] = offer.split(';').map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    if (as === undefined) return 'whole';
    if (as === wanted) return 'metadata';
  }
  throw failure(406, 'only the following media types are accepted: application/json', { reason: 'NotAcceptable' });
}

export function shaped(object: KubeObject, shape: Shape): KubeObject {
  if (shape === 'whole') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

export function readOne(store: Store, resource: Resource, path: ResourcePath, request: ApiRequest): Reply {
  const name = path.name ?? '';
  const shape = shapeAsked(request.headers.accept, 'PartialObjectMetadata');
  const object = store.get(resource, resource.isNamespaced ? path.namespace : undefined, name);
  if (!object) throw notFound(resource, name);
  return { code: 200, body: shaped(object, shape) };
}

export function selection(request: ApiRequest, resource: Resource): Matches {
  const byLabel = labelSelector(request.query.get('labelSelector'));
  const byField = fieldSelector(request.query.get('fieldSelector'), resource.kind);
  return (object) => byLabel(object) && byField(object);
}

/** Pages must show one moment, so the first page keeps what the later ones will need. */
export class Snapshots {
  readonly #kept = new Map<string, readonly KubeObject[]>();

  keep(key: string, objects: readonly KubeObject[]): void {
    this.#kept.set(key, objects);
    const [eldest] = this.#kept.keys();
    if (this.#kept.size > 64 && eldest !== undefined) this.#kept.delete(eldest);
  }

  recall(key: string): readonly KubeObject[] | undefined {
    return this.#kept.get(key);
  }

  forget(): void {
    this.#kept.clear();
  }
}

interface Continue {
  readonly revision: number;
  readonly start: string;
}

const startOf = ({ metadata }: KubeObject) => `/${metadata.namespace ?? ''}/${metadata.name}`;

function encodeContinue(revision: number, last: KubeObject): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${startOf(last)}\u0000` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decodeContinue(text: string): Continue {
  try {
    const { v, rv, start } = fieldsOf(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string') throw new Error('unknown token');
    return { revision: rv, start };
  } catch (error) {
    throw badRequest(`invalid continue token: continue key is not valid: ${String(error)}`);
  }
}

function checkRevision(store: Store, query: URLSearchParams): Promise<void> | undefined {
  const asked = query.get('resourceVersion');
  if (!asked) return undefined;
  if (!/^\d+$/.test(asked))
    throw badRequest(`resourceVersion: Invalid value: "${asked}": strconv.ParseUint: invalid syntax`);
  if (Number(asked) > store.revision) {
    const message = `Too large resource version: ${asked}, current: ${store.revision}`;
    const details = {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    };
    // The real one waits for the future to arrive, and gives up after three seconds.
    return new Promise((_, reject) => {
      setTimeout(
        () =>
          reject(failure(504, `Timeout: ${message}`, { reason: 'Timeout', details, headers: { 'retry-after': '1' } })),
        3_000,
      );
    });
  }
  if (query.get('resourceVersionMatch') === 'Exact' && Number(asked) < store.oldestRevision) {
    throw expired('The resourceVersion for the provided list is too old.');
  }
  return undefined;
}

export async function readList(
  { store, snapshots }: { readonly store: Store; readonly snapshots: Snapshots },
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
): Promise<Reply> {
  const shape = shapeAsked(request.headers.accept, 'PartialObjectMetadataList');
  const matches = selection(request, resource);
  const { query } = request;
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0) throw badRequest(`limit: Invalid value: "${query.get('limit')}"`);
  const token = query.get('continue');
  const snapshotKey = (revision: number) =>
    `${groupVersionOf(resource)}/${resource.plural}/${path.namespace ?? ''}@${revision}`;

  let revision = store.revision;
  let remaining: readonly KubeObject[];
  if (token) {
    const from = decodeContinue(token);
    const kept = snapshots.recall(snapshotKey(from.revision));
    if (!kept) {
      const rest = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: -1, start: from.start })).toString(
        'base64url',
      );
      const message =
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.';
      if (from.revision !== -1) throw expired(message, { continue: rest });
    }
    revision = kept ? from.revision : revision;
    remaining = (kept ?? store.list(resource, path.namespace)).filter(
      (object) => `${startOf(object)}\u0000` > from.start,
    );
  } else {
    await checkRevision(store, query);
    remaining = store.list(resource, path.namespace);
    if (limit > 0) snapshots.keep(snapshotKey(revision), remaining);
  }

  const found = remaining.filter(matches);
  const page = limit > 0 ? found.slice(0, limit) : found;
  const last = page.at(-1);
  const isSelected = query.has('labelSelector') || query.has('fieldSelector');
  const more = last && found.length > page.length;
  const metadata = {
    resourceVersion: String(revision),
    ...(more ? { continue: encodeContinue(revision, last) } : {}),
    ...(more && !isSelected ? { remainingItemCount: found.length - page.length } : {}),
  };
  const items = page.map((object) => {
    if (shape === 'metadata' || resource.isCustom) return shaped(object, shape);
    const { kind: _, apiVersion: __, ...item } = object;
    return item;
  });
  const typed =
    shape === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
      : { kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource) };
  return { code: 200, body: { ...typed, metadata, items } };
}
