import type { KubeObject } from '../contract.ts';
import { writeOptions } from './body.ts';
import { type Fields, fieldsOf, listOf, textOf } from './json.ts';
import type { ResourcePath } from './paths.ts';
import type { ApiRequest } from './request.ts';
import type { Resource } from './resources.ts';
import { badRequest, notFound, preconditionFailed, type Reply } from './status.ts';
import { secondsOf } from './store.ts';
import type { WriteContext } from './write.ts';

async function deleteOptions(request: ApiRequest): Promise<Fields> {
  const text = await request.body();
  if (text.trim() === '') return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${String(error)}`);
  }
}

function checkPreconditions(resource: Resource, object: KubeObject, preconditions: Fields): void {
  const { uid, resourceVersion, name } = object.metadata;
  const wantedUid = textOf(preconditions.uid);
  if (wantedUid !== undefined && wantedUid !== uid) {
    const why = `the UID in the precondition (${wantedUid}) does not match the UID in record (${uid})`;
    throw preconditionFailed(resource, name, `${why}. The object might have been deleted and then recreated`);
  }
  const wantedRevision = textOf(preconditions.resourceVersion);
  if (wantedRevision !== undefined && wantedRevision !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${wantedRevision}) does not match the ResourceVersion in record (${String(resourceVersion)})`;
    throw preconditionFailed(resource, name, `${why}. The object might have been modified`);
  }
}

export async function remove(
  { store, now }: WriteContext,
  resource: Resource,
  path: ResourcePath,
  request: ApiRequest,
): Promise<Reply> {
  const options = await deleteOptions(request);
  const isDryRun = writeOptions(request).isDryRun || listOf(options.dryRun).includes('All');
  const name = path.name ?? '';
  const namespace = resource.isNamespaced ? path.namespace : undefined;
  const object = store.get(resource, namespace, name);
  if (!object) throw notFound(resource, name);
  checkPreconditions(resource, object, fieldsOf(options.preconditions));

  if (listOf(object.metadata.finalizers).length > 0) {
    const dying = {
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: secondsOf(now()), deletionGracePeriodSeconds: 0 },
    };
    return { code: 200, body: isDryRun ? dying : store.put(resource, dying) };
  }
  if (!isDryRun) store.remove(resource, namespace, name);
  // A pod's DELETE answers with the pod, every other kind of ours with a Status.
  if (resource.kind === 'Pod') return { code: 200, body: object };
  const details = {
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    uid: object.metadata.uid,
  };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}
