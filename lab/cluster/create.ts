import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../contract.ts';
import { decodedBody, mediaType, unsupportedMediaType, writeOptions } from './body.ts';
import { fieldsOf, textOf } from './json.ts';
import type { ResourcePath } from './paths.ts';
import type { ApiRequest } from './request.ts';
import { type Resource, resourceOfKind } from './resources.ts';
import { alreadyExists, failure, invalid, type Reply } from './status.ts';
import { secondsOf } from './store.ts';
import { requiredValue } from './validate/cause.ts';
import { prepare, warningHeaders } from './validate/prepare.ts';
import { checkNamespaceOfBody, managed, stored, type WriteContext } from './write.ts';

function checkNamespace({ store }: WriteContext, resource: Resource, path: ResourcePath): void {
  if (!resource.isNamespaced) return;
  const namespaces = resourceOfKind('v1', 'Namespace');
  const name = path.namespace ?? '';
  const namespace = namespaces && store.get(namespaces, undefined, name);
  if (!namespaces || !namespace) {
    throw failure(404, `namespaces "${name}" not found`, { reason: 'NotFound', details: { name, kind: 'namespaces' } });
  }
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const because = 'because it is being terminated';
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
  const body = stored(context, resource, managed(born, resource, options, now), options);
  return { code: 201, body, headers: warningHeaders(prepared.warnings) };
}
