import type { Policies, StoredObject } from '../evidence/objects.ts';
import type { PolicyRef } from '../policy/model.ts';

const adminKinds = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];

/** Kubernetes and Calico both have a kind NetworkPolicy, so a reference may mean either of two objects. */
export function objectsOf(refs: readonly PolicyRef[], { objects }: Policies): StoredObject[] {
  return objects.filter((object) => refs.some((ref) => isMeant(ref, object)));
}

function isMeant(ref: PolicyRef, { kind, metadata }: StoredObject): boolean {
  return ref.kind.endsWith(kind) && metadata.name === ref.name && (metadata.namespace ?? null) === ref.namespace;
}

export function idOf({ metadata }: StoredObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

export function isKubernetes({ apiVersion }: StoredObject): boolean {
  return apiVersion.startsWith('networking.k8s.io/');
}

export function isAdmin({ kind }: Pick<StoredObject, 'kind'>): boolean {
  return adminKinds.includes(kind);
}

/** The tier of a Calico policy; `default` where it names none. */
export function tierOf(object: StoredObject): string {
  const { tier } = specOf(object);
  return typeof tier === 'string' && tier !== '' ? tier : 'default';
}

/** Whether the rules list networks, and none of them is IPv6. Calico drops a rule for the family that one of its lists has nothing of. */
export function listsIPv4Only(object: StoredObject): boolean {
  const networks = isKubernetes(object) ? blocksOf(object) : netsOf(object).flat();
  return networks.length > 0 && !networks.some((network) => network.includes(':'));
}

function blocksOf(object: StoredObject): string[] {
  return listOf(specOf(object).egress)
    .flatMap((rule) => listOf(rule.to))
    .flatMap((peer) => textOf(recordOf(peer.ipBlock).cidr));
}

/** Every list of networks of the rules that allow, whichever end it is about; a rule that asks for IPv4 means it. */
function netsOf(object: StoredObject): string[][] {
  return listOf(specOf(object).egress)
    .filter((rule) => rule.action === 'Allow' && rule.ipVersion !== 4)
    .flatMap((rule) => [recordOf(rule.source), recordOf(rule.destination)])
    .flatMap(({ nets, notNets }) => [nets, notNets])
    .flatMap((networks) => (Array.isArray(networks) ? [networks.flatMap(textOf)] : []));
}

function specOf(object: StoredObject): Record<string, unknown> {
  return recordOf(object.spec);
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}
