import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { KubeObject } from '../contract.ts';
import { groupVersionOf, qualifiedName, type Resource, resourceOfKind } from './resources.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly resource: Resource;
  readonly object: KubeObject;
  /** What it was before; a watch with a selector turns a change of labels into ADDED or DELETED with it. */
  readonly before: KubeObject | undefined;
}

const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;

/** How many changes a watch may lag behind before it must list again, as etcd's compaction makes it. */
const historyLimit = 5_000;

/** What etcd holds: the objects, one revision for all of them, and the recent past. Checks nothing. */
export class Store {
  readonly #kinds = new Map<string, Map<string, KubeObject>>();
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #now: () => Date;
  #history: Change[] = [];
  #revision = 1_000;
  #oldest = 1_000;

  constructor(objects: readonly KubeObject[], now: () => Date) {
    this.#now = now;
    for (const object of objects) {
      const resource = resourceOfKind(object.apiVersion, object.kind);
      if (!resource) throw new Error(`No such kind here: ${object.apiVersion} ${object.kind}`);
      this.put(resource, object);
    }
    this.compact();
  }

  get revision(): number {
    return this.#revision;
  }

  get oldestRevision(): number {
    return this.#oldest;
  }

  get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#kinds.get(kindKey(resource))?.get(keyOf(namespace, name));
  }

  /** In the API server's order: namespace, then name. */
  list(resource: Resource, namespace?: string): readonly KubeObject[] {
    const all = [...(this.#kinds.get(kindKey(resource)) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return all.flatMap(([, object]) =>
      namespace === undefined || object.metadata.namespace === namespace ? [object] : [],
    );
  }

  all(): readonly KubeObject[] {
    return [...this.#kinds.values()].flatMap((kind) => [...kind.values()]);
  }

  /** Creates or replaces, and fills in what only the server may say. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const before = this.get(resource, namespace, name);
    this.#revision += 1;
    const stored: KubeObject = {
      ...object,
      apiVersion: groupVersionOf(resource),
      kind: resource.kind,
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
        resourceVersion: String(this.#revision),
        creationTimestamp:
          before?.metadata.creationTimestamp ?? object.metadata.creationTimestamp ?? secondsOf(this.#now()),
      },
    };
    const kind = this.#kinds.get(kindKey(resource)) ?? new Map<string, KubeObject>();
    this.#kinds.set(kindKey(resource), kind.set(keyOf(namespace, name), stored));
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', revision: this.#revision, resource, object: stored, before });
    return stored;
  }

  remove(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    const before = this.get(resource, namespace, name);
    if (!before) return undefined;
    this.#kinds.get(kindKey(resource))?.delete(keyOf(namespace, name));
    this.#revision += 1;
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.#revision) } };
    this.#tell({ type: 'DELETED', revision: this.#revision, resource, object, before });
    return before;
  }

  /** Every remembered change, or undefined when some after this revision are forgotten. */
  historyFrom(revision: number): readonly Change[] | undefined {
    return revision < this.#oldest ? undefined : this.#history;
  }

  /** Forgets the past, so that every older revision is answered with 410. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#revision;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#emitter.on('change', listener);
    return () => this.#emitter.off('change', listener);
  }

  #tell(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > historyLimit) {
      this.#oldest = this.#history.shift()?.revision ?? this.#oldest;
    }
    this.#emitter.emit('change', change);
  }
}

const kindKey = (resource: Resource) => `${qualifiedName(resource)}/${resource.version}`;

/** Kubernetes times carry no fraction. */
export const secondsOf = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');
