import { StoredObject } from '../../src/evidence/objects.ts';
import type { PolicyWriter, RawObject, ReadOutcome } from '../../src/ports.ts';
import { expiresAt as expiresAtAnnotation, timestamp } from '../../src/remediation/manifest.ts';
import { isRecord, strange } from './api-answer.ts';
import type { Rest } from './rest.ts';

/** What we may write, and where it lives. `crd.projectcalico.org/v1` is read and never written. */
const writable = [
  { group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy', plural: 'networkpolicies', isNamespaced: true },
  { group: 'projectcalico.org', version: 'v3', kind: 'NetworkPolicy', plural: 'networkpolicies', isNamespaced: true },
  {
    group: 'policy.networking.k8s.io',
    version: 'v1alpha2',
    kind: 'ClusterNetworkPolicy',
    plural: 'clusternetworkpolicies',
    isNamespaced: false,
  },
] as const;

const ours = 'app.kubernetes.io/managed-by=ipv6check';

export function policyWriter(rest: Rest): PolicyWriter {
  /** Groups that are served: without rights in a group, its absence and a refusal look the same. */
  async function servedGroups(): Promise<ReadOutcome<ReadonlySet<string>>> {
    const outcome = await rest.read({ method: 'GET', path: '/apis' });
    if (!outcome.ok) return outcome;
    const { groups } = outcome.value;
    if (!Array.isArray(groups)) return strange(200);
    return { ok: true, value: new Set(groups.filter(isRecord).map(({ name }) => String(name))) };
  }

  return {
    async create(manifest, { dryRun }) {
      const query = { fieldValidation: 'Strict', fieldManager: 'ipv6check', ...(dryRun ? { dryRun: 'All' } : {}) };
      const path = collectionOf(manifest);
      return path === null
        ? notWritten(manifest)
        : asStored(await rest.read({ method: 'POST', path, query, body: manifest }));
    },

    async get(manifest) {
      const path = pathOf(manifest);
      return path === null ? notWritten(manifest) : asStored(await rest.read({ method: 'GET', path }));
    },

    async extend(manifest, uid, expiresAt) {
      const path = pathOf(manifest);
      if (path === null) return notWritten(manifest);
      // A uid cannot be patched, so that another object of the name refuses this.
      const body = { metadata: { uid, annotations: { [expiresAtAnnotation]: timestamp(expiresAt) } } };
      const query = { fieldManager: 'ipv6check' };
      return asStored(await rest.read({ method: 'PATCH', path, query, body }));
    },

    async remove(manifest, uid) {
      const path = pathOf(manifest);
      if (path === null) return notWritten(manifest);
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
      const outcome = await rest.read({ method: 'DELETE', path, body });
      return outcome.ok ? { ok: true, value: null } : outcome;
    },

    async listOurs() {
      const served = await servedGroups();
      if (!served.ok) return served;
      const lists = await Promise.all(
        writable
          .filter(({ group }) => served.value.has(group))
          .map(({ group, version, plural }) =>
            rest.list(`/apis/${group}/${version}/${plural}`, { labelSelector: ours }),
          ),
      );
      const objects: StoredObject[] = [];
      for (const outcome of lists) {
        if (outcome.ok) objects.push(...outcome.value.items.flatMap((item) => StoredObject.safeParse(item).data ?? []));
        // Where we may not list we may not write either; where nobody answers there may be objects of ours.
        else if (outcome.reason !== 'forbidden' && outcome.reason !== 'absent-api') return outcome;
      }
      if (lists.length > 0 && lists.every((outcome) => !outcome.ok && outcome.reason === 'forbidden')) {
        return lists.find((outcome) => !outcome.ok) ?? { ok: true, value: objects };
      }
      return { ok: true, value: objects };
    },

    async serverTime() {
      // Every authenticated user may ask for the version, and every answer has a Date, a refusal too.
      const answered = await rest.send({ method: 'GET', path: '/version' });
      const date = answered.ok ? answered.answer.headers.date : undefined;
      const time = typeof date === 'string' ? new Date(date) : null;
      return time && !Number.isNaN(time.getTime()) ? time : null;
    },
  };
}

function collectionOf({ apiVersion, kind, metadata }: StoredObject): string | null {
  const resource = writable.find(
    ({ group, version, kind: name }) => `${group}/${version}` === apiVersion && name === kind,
  );
  if (!resource) return null;
  const { group, version, plural, isNamespaced } = resource;
  if (!isNamespaced) return `/apis/${group}/${version}/${plural}`;
  const namespace = encodeURIComponent(metadata.namespace ?? '');
  return namespace ? `/apis/${group}/${version}/namespaces/${namespace}/${plural}` : null;
}

function pathOf(manifest: StoredObject): string | null {
  const collection = collectionOf(manifest);
  return collection === null ? null : `${collection}/${encodeURIComponent(manifest.metadata.name)}`;
}

function notWritten({ apiVersion, kind }: StoredObject): Extract<ReadOutcome<never>, { ok: false }> {
  return {
    ok: false,
    reason: 'invalid',
    status: 0,
    message: `${apiVersion} ${kind} is not a kind that is written here`,
  };
}

function asStored(outcome: ReadOutcome<RawObject>): ReadOutcome<StoredObject> {
  if (!outcome.ok) return outcome;
  const parsed = StoredObject.safeParse(outcome.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return strange(200);
}
