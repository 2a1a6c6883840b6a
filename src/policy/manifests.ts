import type { StoredObject } from '../evidence/objects.ts';
import { mayDecide } from './kinds.ts';
import { has, type Json, record } from './read.ts';

/** What could not be read; of one namespace's concern, or null where anybody's answer may depend on it. */
export interface Problem {
  readonly namespace: string | null;
  readonly text: string;
}

/** An object and the place that it was read from, `policies.yaml document 2`. */
export interface Found {
  readonly object: StoredObject;
  readonly where: string;
}

export interface Manifests {
  readonly found: readonly Found[];
  readonly problems: readonly Problem[];
}

const deepest = 8;

/** The objects of one document: itself, or the members of a list, and what is none. */
export function objectsIn(document: unknown, where: string, depth = 0): Manifests {
  // A document may be empty, or hold nothing but comments.
  if (document === null || document === undefined) return { found: [], problems: [] };
  const json = record(document);
  const { apiVersion, kind, items } = json;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    return bad(where, 'is no Kubernetes object: it has no apiVersion and kind');
  }
  if (kind.endsWith('List') && (kind === 'List' || has(json, 'items'))) {
    if (items === null || items === undefined) return { found: [], problems: [] };
    if (!Array.isArray(items) || depth > deepest) return bad(where, `is a ${kind} whose items cannot be read`);
    const own = items.map((item, index) =>
      objectsIn(typed(item, apiVersion, kind), `${where} items[${index}]`, depth + 1),
    );
    return { found: own.flatMap(({ found }) => found), problems: own.flatMap(({ problems }) => problems) };
  }
  return oneObject(json, apiVersion, kind, where);
}

const bad = (where: string, what: string, namespace: string | null = null): Manifests => {
  return { found: [], problems: [{ namespace, text: `${where} ${what}` }] };
};

/** Members of a typed list, NetworkPolicyList, may leave to it what they are. */
function typed(item: unknown, apiVersion: string, kind: string): unknown {
  const json = record(item);
  if (kind === 'List' || json !== item || has(json, 'kind')) return item;
  return { apiVersion, ...json, kind: kind.slice(0, -'List'.length) };
}

function oneObject(json: Json, apiVersion: string, kind: string, where: string): Manifests {
  const metadata = record(json.metadata);
  const { name, namespace } = metadata;
  const isPlaced = namespace === undefined || namespace === null || typeof namespace === 'string';
  const title = typeof name === 'string' && name !== '' ? name : null;
  if (title === null || !isPlaced) {
    const object = { apiVersion, kind, metadata: { name: '' } };
    if (!isPolicy(kind) && !mayDecide(object)) return { found: [], problems: [] };
    return bad(where, `is a ${kind} without a name`, typeof namespace === 'string' ? namespace : null);
  }
  const { namespace: _given, ...rest } = metadata;
  const scope = typeof namespace === 'string' && namespace !== '' ? { namespace } : {};
  // Labels and the like are looked at where they are used; here only who it is was checked.
  const object = { ...json, apiVersion, kind, metadata: { ...rest, name: title, ...scope } } as StoredObject;
  return { found: [{ object, where }], problems: [] };
}

const isPolicy = (kind: string) => kind.endsWith('NetworkPolicy') && !kind.startsWith('Staged');

/** What makes two objects the same one, whatever they say. */
export const identityOf = ({ apiVersion, kind, metadata }: StoredObject) =>
  `${apiVersion.split('/')[0]}|${kind}|${metadata.namespace ?? ''}|${metadata.name}`;

/**
 * Each object once: the same again is left out; of two that differ the later one stays, as with `kubectl apply`, and that
 * nobody can tell which is meant is a problem where it may decide.
 */
export function withoutTwins({ found, problems }: Manifests): Manifests {
  const byKey = new Map<string, Found>();
  const twins: Problem[] = [];
  for (const each of found) {
    const { kind, metadata } = each.object;
    const twin = byKey.get(identityOf(each.object));
    byKey.delete(identityOf(each.object));
    byKey.set(identityOf(each.object), each);
    if (!twin || JSON.stringify(twin.object) === JSON.stringify(each.object)) continue;
    if (!isPolicy(kind) && !countsTwice.test(kind) && !mayDecide(each.object)) continue;
    const text = `${kind} ${metadata.name} is given twice and differs: ${twin.where} and ${each.where}`;
    twins.push({ namespace: metadata.namespace ?? (kind === 'NetworkPolicy' ? 'default' : null), text });
  }
  return { found: [...byKey.values()], problems: [...problems, ...twins] };
}

const countsTwice = /^(Pod|Namespace|Service|EndpointSlice|Tier|NetworkSet|GlobalNetworkSet|HostEndpoint)$/;
