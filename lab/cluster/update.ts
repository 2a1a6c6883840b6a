import type { KubeObject } from '../contract.ts';
import { decodedBody, mediaType, patchTypes, unsupportedMediaType, type WriteOptions, writeOptions } from './body.ts';
import { fieldsOf, isSame, textOf } from './json.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import type { ResourcePath } from './paths.ts';
import type { ApiRequest } from './request.ts';
import type { Resource } from './resources.ts';
import { badRequest, conflict, invalid, notFound, type Reply } from './status.ts';
import { invalidValue } from './validate/cause.ts';
import { prepare, warningHeaders } from './validate/prepare.ts';
import { checkNamespaceOfBody, managed, stored, type WriteContext } from './write.ts';

/** Everything after the new state is known: preconditions in it, validation, and whether it changes anything. */
function replaceWith(
  context: WriteContext,
  resource: Resource,
  path: ResourcePath,
  before: KubeObject,
  wanted: unknown,
  options: WriteOptions,
): Reply {
  const metadata = fieldsOf(fieldsOf(wanted).metadata);
  const { name } = before.metadata;
  if (textOf(metadata.name) !== name) {
    const message = `the name of the object (${String(metadata.name ?? '')}) does not match the name on the URL (${name})`;
    throw badRequest(message);
  }
  if (metadata.uid !== undefined && metadata.uid !== before.metadata.uid) {
    throw invalid(resource, name, [invalidValue('metadata.uid', metadata.uid, 'field is immutable')]);
  }
  const revision = textOf(metadata.resourceVersion);
  if (revision && revision !== before.metadata.resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(resource, name, why);
  }
  const prepared = prepare(resource, wanted, options.validation);
  const object = checkNamespaceOfBody(prepared.object, resource, path);
  const { deletionTimestamp, generation, managedFields, resourceVersion } = before.metadata;
  const kept: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      uid: before.metadata.uid ?? '',
      creationTimestamp: before.metadata.creationTimestamp,
      ...(generation === undefined ? {} : { generation }),
      ...(managedFields === undefined ? {} : { managedFields }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      resourceVersion,
    },
  };
  const headers = warningHeaders(prepared.warnings);
  if (isSame(kept, before)) return { code: 200, body: before, headers };

  const isNewSpec = !isSame(kept.spec, before.spec);
  const next = typeof generation === 'number' && isNewSpec ? generation + 1 : generation;
  const changed = managed(
    { ...kept, metadata: { ...kept.metadata, generation: next } },
    resource,
    options,
    context.now(),
  );
  const isReleased =
    deletionTimestamp !== undefined &&
    !(Array.isArray(kept.metadata.finalizers) && kept.metadata.finalizers.length > 0);
  const body = stored(context, resource, changed, options);
  // The last finalizer gone is what a pending deletion waits for.
  if (isReleased && !options.isDryRun) context.store.remove(resource, body.metadata.namespace, name);
  return { code: 200, body, headers };
}

export async function replace(
  context: WriteContext,
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
): Promise<Reply> {
  const options = writeOptions(request);
  const wanted = await decodedBody(request);
  const name = path.name ?? '';
  const before = context.store.get(resource, resource.isNamespaced ? path.namespace : undefined, name);
  if (!before) throw notFound(resource, name);
  if (resource.isCustom && !textOf(fieldsOf(fieldsOf(wanted).metadata).resourceVersion)) {
    throw invalid(resource, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  return replaceWith(context, resource, path, before, wanted, options);
}

export async function patch(
  context: WriteContext,
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
): Promise<Reply> {
  const options = writeOptions(request);
  const type = mediaType(request);
  if (!patchTypes(resource).includes(type)) throw unsupportedMediaType(patchTypes(resource));
  const change = await decodedBody(request);
  const name = path.name ?? '';
  const before = context.store.get(resource, resource.isNamespaced ? path.namespace : undefined, name);
  if (!before) throw notFound(resource, name);

  const wanted = type === 'application/json-patch+json' ? jsonPatch(before, change) : mergePatch(before, change);
  return replaceWith(context, resource, path, before, wanted, options);
}
