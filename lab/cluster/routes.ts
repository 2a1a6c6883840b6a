import type { ServerResponse } from 'node:http';
import { reviewAccess } from './access-review.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { discover } from './discovery.ts';
import { checkStreams, locate } from './exec-target.ts';
import { authorize } from './gate.ts';
import { readList, readOne, type Snapshots } from './read.ts';
import { type ApiRequest, isTrue } from './request.ts';
import { groupVersionOf, type Resource } from './resources.ts';
import { badRequest, methodNotAllowed, pageNotFound, type Reply } from './status.ts';
import { patch, replace } from './update.ts';
import { streamWatch } from './watch.ts';
import type { WriteContext } from './write.ts';

export interface Routes extends WriteContext {
  readonly served: readonly Resource[];
  readonly snapshots: Snapshots;
}

/** The answer to one request, or nothing where it is being streamed. */
export async function answer(
  routes: Routes,
  request: ApiRequest,
  response: ServerResponse,
): Promise<Reply | undefined> {
  const { path, method, query } = request;
  if (path.kind === 'other') {
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
    return discover(routes.served, path.segments, request);
  }
  authorize(path, request);
  const groupVersion = groupVersionOf(path);
  const resource = routes.served.find((each) => each.plural === path.plural && groupVersionOf(each) === groupVersion);
  if (!resource) throw pageNotFound();

  if (path.subresource !== undefined) {
    if (resource.kind !== 'Pod' || path.subresource !== 'exec' || path.name === undefined) throw pageNotFound();
    if (method !== 'GET' && method !== 'POST') throw methodNotAllowed();
    locate(routes.store, path.namespace ?? '', path.name, query);
    checkStreams(query);
    throw badRequest('Upgrade request required');
  }
  if (resource.kind === 'SelfSubjectAccessReview') {
    if (method !== 'POST') throw methodNotAllowed();
    return reviewAccess(request);
  }

  const isNamed = path.name !== undefined;
  switch (method) {
    case 'GET':
      if (isTrue(query, 'watch')) {
        streamWatch(routes.store, resource, inScope(path, resource), request, response);
        return undefined;
      }
      return isNamed
        ? readOne(routes.store, resource, path, request)
        : readList(routes, resource, inScope(path, resource), request);
    case 'POST':
      if (isNamed) throw methodNotAllowed();
      return create(routes, resource, path, request);
    case 'PUT':
      if (!isNamed) throw methodNotAllowed();
      return replace(routes, resource, path, request);
    case 'PATCH':
      if (!isNamed) throw methodNotAllowed();
      return patch(routes, resource, path, request);
    case 'DELETE':
      if (!isNamed) throw methodNotAllowed();
      return remove(routes, resource, path, request);
    default:
      throw methodNotAllowed();
  }
}

/** A Namespace's own path carries its name as namespace for authorisation only. */
function inScope<P extends { readonly namespace: string | undefined }>(path: P, { isNamespaced }: Resource): P {
  return isNamespaced ? path : { ...path, namespace: undefined };
}
