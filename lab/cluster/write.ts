import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../contract.ts';
import { decodedBody, mediaType, patchTypes, unsupportedMediaType, type WriteOptions, writeOptions } from './body.ts';
import { fieldsOf, isSame, textOf } from './json.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import type { ResourcePath } from './paths.ts';
import type { ApiRequest } from './request.ts';
import { groupVersionOf, type Resource, resourceOfKind } from './resources.ts';
import { alreadyExists, badRequest, conflict, failure, invalid, notFound, type Reply } from './status.ts';
import { type Store, secondsOf } from './store.ts';
import { invalidValue, requiredValue } from './validate/cause.ts';
import { prepare, warningHeaders } from './validate/prepare.ts';

export interface WriteContext {
  readonly store: Store;
  readonly now: () => Date;
}

function managed(object: KubeObject, resource: Resource, { manager }: WriteOptions, now: Date): KubeObject {
  const entry = {
    manager,
    operation: 'Update',
    apiVersion: groupVersionOf(resource),
    time: secondsOf(now),
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': {} },
  };
  const others = Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields : [];
  const managedFields = [...others.filter((each) => fieldsOf(each).manager !== manager), entry];
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function checkNamespace({ store }: WriteContext, resource: Resource, path: ResourcePath): void {
  if (!resource.isNamespaced) return;
  const namespaces = resourceOfKind('v1', 'Namespace');
  const name = path.namespace ?? '';
  const namespace = namespaces && store.get(namespaces, undefined, name);
  if (!namespaces || !namespace)
    throw failure(404, `namespaces "${name}" not found`, { reason: 'NotFound', details: { name, kind: 'namespaces' } });
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const because = `because it is being terminated`;
  throw failure(403, `${resource.plural} is forbidden: unable to create new content in namespace ${name} ${because}`, {
    reason: 'Forbidden',
    details: {
      kind: resource.plural,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${name} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  });
}

function checkNamespaceOfBody(object: KubeObject, resource: Resource, path: ResourcePath): KubeObject {
  if (!resource.isNamespaced) return object;
  if (object.metadata.namespace !== undefined && object.metadata.namespace !== path.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: { ...object.metadata, namespace: path.namespace ?? '' } };
}

/** A dry run's answer looks stored, but its uid is random and it has no revision. */
function answered(context: WriteContext, resource: Resource, object: KubeObject, options: WriteOptions): KubeObject {
  if (!options.isDryRun) return context.store.put(resource, object);
  const { resourceVersion: _, ...metadata } = object.metadata;
  const creationTimestamp = metadata.creationTimestamp ?? secondsOf(context.now());
  return {
    ...object,
    metadata: { ...metadata, name: object.metadata.name, uid: metadata.uid ?? randomUUID(), creationTimestamp },
  };
}

export async function create(
  context: WriteContext,
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
): Promise<Reply> {
  const options = writeOptions(request);
  if (!['application/json', 'application/yaml', ''].includes(mediaType(request))) {
    throw unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  }
  const sent = fieldsOf(await decodedBody(request));
  const { generateName, ...given } = fieldsOf(sent.metadata);
  const prefix = given.name === undefined ? textOf(generateName) : undefined;
  const suffix = randomUUID().replaceAll('-', '').slice(0, 5);
  const sentMetadata = prefix === undefined ? given : { ...given, name: `${prefix}${suffix}` };
  if (!textOf(sentMetadata.name)) {
    throw invalid(resource, '', [requiredValue('metadata.name', 'name or generateName is required')]);
  }
  checkNamespace(context, resource, path);
  if (sentMetadata.resourceVersion !== undefined && sentMetadata.resourceVersion !== '') {
    throw failure(500, 'resourceVersion should not be set on objects to be created');
  }
  // What only the server may say is overwritten, whatever the client sent.
  const { uid: _, creationTimestamp: __, deletionTimestamp: ___, managedFields: ____, ...metadata } = sentMetadata;
  const prepared = prepare(resource, { ...sent, metadata }, options.validation);
  const object = checkNamespaceOfBody(prepared.object, resource, path);
  const { name, namespace } = object.metadata;
  if (context.store.get(resource, namespace, name)) throw alreadyExists(resource, name);

  const now = context.now();
  const born: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      creationTimestamp: secondsOf(now),
      ...('spec' in object ? { generation: 1 } : {}),
    },
    ...(resource.kind === 'Pod' ? { status: { phase: 'Pending' } } : {}),
  };
  const body = answered(context, resource, managed(born, resource, options, now), options);
  return { code: 201, body, headers: warningHeaders(prepared.warnings) };
}

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
  const body = answered(context, resource, changed, options);
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
