import { randomUUID } from 'node:crypto';
import type { StoredObject } from '../../src/evidence/objects.ts';
import type { PolicyWriter, ReadOutcome } from '../../src/ports.ts';

type Failure = Extract<ReadOutcome<never>, { ok: false }>;

export interface FakeWriter extends PolicyWriter {
  /** What the cluster holds, by kind, namespace and name. */
  readonly objects: Map<string, StoredObject>;
  readonly created: string[];
  readonly removed: string[];
  now: Date;
  put(object: StoredObject): StoredObject;
  /** Answers the next calls of one kind with this; they have no effect. */
  fail(
    call: 'create' | 'dry-run' | 'get' | 'extend' | 'remove' | 'listOurs',
    reason: Failure['reason'],
    times?: number,
  ): void;
  /** Runs inside the next create, after it took effect: where races happen. */
  afterCreate(action: () => Promise<unknown>): void;
}

const statuses: Readonly<Record<Failure['reason'], number>> = {
  ...{ 'not-found': 404, forbidden: 403, unauthorized: 401, 'absent-api': 404 },
  ...{ conflict: 409, invalid: 422, throttled: 429, unavailable: 0 },
};

const failure = (reason: Failure['reason']): Failure => ({
  ...{ ok: false, reason, status: statuses[reason] },
  message: `the API server said ${reason}`,
});

/** A cluster that holds our policies and nothing else, with the API server's own manners. */
export function fakeWriter(now: Date): FakeWriter {
  const objects = new Map<string, StoredObject>();
  const [created, removed]: [string[], string[]] = [[], []];
  const failures: { call: string; reason: Failure['reason']; left: number }[] = [];
  let race: (() => Promise<unknown>) | null = null;

  const keyOf = ({ kind, metadata: { namespace = '', name } }: StoredObject) => `${kind}/${namespace}/${name}`;
  function ordered(call: string): Failure | null {
    const next = failures.find((each) => each.call === call && each.left > 0);
    if (!next) return null;
    next.left -= 1;
    return failure(next.reason);
  }
  function put(object: StoredObject): StoredObject {
    const stamp = { uid: randomUUID(), creationTimestamp: writer.now.toISOString() };
    const stored = structuredClone({ ...object, metadata: { ...object.metadata, ...stamp } });
    objects.set(keyOf(object), stored);
    return stored;
  }

  const writer: FakeWriter = {
    objects,
    created,
    removed,
    now,
    put,
    fail: (call, reason, times = 1) => void failures.push({ call, reason, left: times }),
    afterCreate: (action) => {
      race = action;
    },

    async create(manifest, { dryRun }) {
      const trouble = ordered(dryRun ? 'dry-run' : 'create');
      if (trouble) return trouble;
      if (objects.has(keyOf(manifest))) return failure('conflict');
      if (dryRun) return { ok: true, value: manifest };
      const value = put(manifest);
      created.push(keyOf(manifest));
      const action = race;
      race = null;
      await action?.();
      return { ok: true, value };
    },
    async get(manifest) {
      const value = objects.get(keyOf(manifest));
      return ordered('get') ?? (value ? { ok: true, value } : failure('not-found'));
    },
    async extend(manifest, uid, expiresAt) {
      const trouble = ordered('extend');
      if (trouble) return trouble;
      const value = objects.get(keyOf(manifest));
      if (!value) return failure('not-found');
      if (value.metadata.uid !== uid) return failure('conflict');
      const end = { 'ipv6check.dev/expires-at': expiresAt.toISOString().replace(/\.\d+Z$/, 'Z') };
      const annotations = { ...(value.metadata.annotations as object), ...end };
      const changed = { ...value, metadata: { ...value.metadata, annotations } };
      objects.set(keyOf(manifest), changed);
      return { ok: true, value: changed };
    },
    async remove(manifest, uid) {
      const trouble = ordered('remove');
      if (trouble) return trouble;
      const value = objects.get(keyOf(manifest));
      if (!value) return failure('not-found');
      if (value.metadata.uid !== uid) return failure('conflict');
      objects.delete(keyOf(manifest));
      removed.push(keyOf(manifest));
      return { ok: true, value: null };
    },
    async listOurs() {
      const ours = [...objects.values()].filter(
        ({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'ipv6check',
      );
      return ordered('listOurs') ?? { ok: true, value: ours };
    },
    serverTime: async () => writer.now,
  };
  return writer;
}
