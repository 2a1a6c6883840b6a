import type { ServerResponse } from 'node:http';
import type { ResourcePath } from './paths.ts';
import { selection, shapeAsked, shaped } from './read.ts';
import { type ApiRequest, isTrue } from './request.ts';
import { groupVersionOf, type Resource } from './resources.ts';
import type { Matches } from './selectors.ts';
import { badRequest, failure, statusBody } from './status.ts';
import type { Change, ChangeType, Store } from './store.ts';

const bookmarkEveryMs = 60_000;

/** What a watcher with a selector sees of a change: an object that left its view is deleted for it. */
function seenAs(change: Change, matches: Matches): ChangeType | undefined {
  const isIn = matches(change.object) && change.type !== 'DELETED';
  const wasIn = change.before !== undefined && matches(change.before);
  if (isIn) return wasIn ? 'MODIFIED' : 'ADDED';
  return wasIn ? 'DELETED' : undefined;
}

/** Streams until the client leaves, the time asked for is over, or the server closes. */
export function streamWatch(
  store: Store,
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
  response: ServerResponse,
): void {
  const shape = shapeAsked(request.headers.accept, 'PartialObjectMetadata');
  const byQuery = selection(request, resource);
  const { query } = request;
  const matches: Matches = (object) =>
    (path.namespace === undefined || object.metadata.namespace === path.namespace) &&
    (path.name === undefined || object.metadata.name === path.name) &&
    byQuery(object);
  const asked = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(asked)) throw badRequest(`resourceVersion: Invalid value: "${asked}"`);
  const wantsInitial = isTrue(query, 'sendInitialEvents');
  if (wantsInitial && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw failure(
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      { reason: 'Invalid' },
    );
  }

  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  const bookmark = (annotations?: Readonly<Record<string, string>>) =>
    send('BOOKMARK', {
      kind: resource.kind,
      apiVersion: groupVersionOf(resource),
      metadata: {
        resourceVersion: String(store.revision),
        creationTimestamp: null,
        ...(annotations ? { annotations } : {}),
      },
    });
  const show = (change: Change) => {
    // Also those to come: a watch from the future is silent until it arrives.
    if (change.resource !== resource || change.revision <= Number(asked)) return;
    const type = seenAs(change, matches);
    if (!type) return;
    send(type, shaped(change.object, shape));
  };

  const isFromNow = asked === '' || asked === '0' || wantsInitial;
  const missed = isFromNow ? [] : store.historyFrom(Number(asked));
  if (!missed) {
    const message = `too old resource version: ${asked} (${store.oldestRevision})`;
    send('ERROR', statusBody(410, message, { reason: 'Expired' }));
    response.end();
    return;
  }
  if (isFromNow) {
    for (const object of store.list(resource, path.namespace).filter(matches)) send('ADDED', shaped(object, shape));
  }
  for (const change of missed) show(change);

  const bookmarks = isTrue(query, 'allowWatchBookmarks');
  if (wantsInitial && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  const stop = store.onChange(show);
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || 1_800 + Math.random() * 1_800;
  const timers = [
    setTimeout(() => response.end(), seconds * 1_000),
    ...(bookmarks
      ? [setInterval(bookmark, bookmarkEveryMs), setTimeout(bookmark, Math.max(0, seconds - 2) * 1_000)]
      : []),
  ];
  response.once('close', () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  });
}
