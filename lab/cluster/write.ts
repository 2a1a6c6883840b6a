import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../contract.ts';
import type { WriteOptions } from './body.ts';
import { fieldsOf } from './json.ts';
import type { ResourcePath } from './paths.ts';
import { groupVersionOf, type Resource } from './resources.ts';
import { badRequest } from './status.ts';
import { type Store, secondsOf } from './store.ts';

export interface WriteContext {
  readonly store: Store;
  readonly now: () => Date;
}

/** Who wrote last, as `managedFields` tells it: most of what a list of small objects weighs. */
export function managed(object: KubeObject, resource: Resource, { manager }: WriteOptions, now: Date): KubeObject {
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

export function checkNamespaceOfBody(object: KubeObject, resource: Resource, path: ResourcePath): KubeObject {
  if (!resource.isNamespaced) return object;
  if (object.metadata.namespace !== undefined && object.metadata.namespace !== path.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: { ...object.metadata, namespace: path.namespace ?? '' } };
}

/** Stores it, or answers as if: an object that a dry run makes has a random uid and no revision. */
export function stored(
  context: WriteContext,
  resource: Resource,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  if (!options.isDryRun) return context.store.put(resource, object);
  return { ...object, metadata: { ...object.metadata, uid: object.metadata.uid ?? randomUUID() } };
}
