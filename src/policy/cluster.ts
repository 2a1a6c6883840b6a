import type { Calico, Policies, StoredObject } from '../evidence/objects.ts';
import { parseAddress } from '../net/address.ts';
import { parseCidr } from '../net/cidr.ts';
import { compilePolicies } from './compile.ts';
import { type Directory, directoryOf, type Resident } from './directory.ts';
import { endpointOf } from './endpoint.ts';
import { isCalico } from './kinds.ts';
import type { Manifests, Problem } from './manifests.ts';
import type { PolicyModel } from './model.ts';
import { type Actor, actorOf, hasPods } from './pods.ts';
import { record, records, strings } from './read.ts';
import { type Services, servicesOf } from './services.ts';

/** A cluster as far as its objects tell: nothing is asked of anybody. */
export interface Cluster {
  readonly objects: readonly StoredObject[];
  readonly policies: Policies;
  readonly model: PolicyModel;
  readonly directory: Directory;
  readonly services: Services;
  /** By `namespace/name` of a pod, and `namespace/Kind/name` of a pod or workload. */
  readonly residents: ReadonlyMap<string, readonly Resident[]>;
  readonly problems: readonly Problem[];
}

/** `version` of Calico wins over what a ClusterInformation says. */
export function clusterOf({ found, problems }: Manifests, version: string | null = null): Cluster {
  const objects = withoutStoredTwins(found.map(({ object }) => object));
  const isCore = (kind: string) => (object: StoredObject) => object.kind === kind && object.apiVersion === 'v1';
  const policies: Policies = {
    objects: [...objects],
    namespaces: objects.filter(isCore('Namespace')),
    serviceAccounts: objects.filter(isCore('ServiceAccount')).map(inItsNamespace),
    unread: [],
    notUnderstood: [],
  };
  const actors = objects.flatMap((object) => {
    const actor = actorOf(object);
    return actor ? [{ actor, object }] : [];
  });
  const { running, unplaced, all } = residentsOf(actors, policies);
  const podNets = podNetsOf(objects);
  const nodes = objects.filter(isCore('Node')).flatMap(({ status }) => records(record(status).addresses));
  const ofNodes = nodes.flatMap(({ address }) => (typeof address === 'string' ? (parseAddress(address) ?? []) : []));
  const directory = directoryOf({ running, unplaced, ofNodes, podNets });
  const services = servicesOf(objects, [...running, ...unplaced]);
  const surroundings = { areHostsRead: true, services: services.endpoints, podNets, problems };
  return {
    objects,
    policies,
    model: compilePolicies(policies, calicoOf(objects, version), surroundings),
    directory,
    services,
    residents: byName(all),
    problems,
  };
}

/** Workloads count as running nowhere; where pods of theirs are seen, those speak for them. */
function residentsOf(actors: readonly { readonly actor: Actor; readonly object: StoredObject }[], policies: Policies) {
  const pods = Map.groupBy(
    actors.filter(({ actor }) => actor.isPod).map(({ actor }) => actor),
    ({ namespace }) => namespace,
  );
  const all = actors.map(({ actor, object }) => ({ actor, object, endpoint: endpointOf(actor, policies) }));
  const running = all.filter(({ endpoint }) => endpoint.addresses.length > 0);
  const unplaced = all.filter(({ actor, object, endpoint }) => {
    if (endpoint.addresses.length > 0 || actor.isFinished) return false;
    return actor.isPod || !hasPods(actor, object, pods.get(actor.namespace) ?? []);
  });
  return { all, running, unplaced };
}

function byName(all: readonly Resident[]): ReadonlyMap<string, readonly Resident[]> {
  const found = new Map<string, Resident[]>();
  const add = (key: string, resident: Resident) => {
    const known = found.get(key);
    if (known) known.push(resident);
    else found.set(key, [resident]);
  };
  for (const resident of all) {
    const { namespace, kind, name } = resident.actor;
    add(`${namespace}/${kind}/${name}`, resident);
  }
  return found;
}

function inItsNamespace(object: StoredObject): StoredObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } };
}

/** An export of everything holds Calico's objects twice: as stored, and as the API server shows them. */
function withoutStoredTwins(objects: readonly StoredObject[]): readonly StoredObject[] {
  const keyOf = ({ kind, metadata }: StoredObject) =>
    `${kind} ${metadata.namespace ?? ''}/${metadata.name.replace(/^default\./, '')}`;
  const shown = new Set(objects.filter(({ apiVersion }) => apiVersion === 'projectcalico.org/v3').map(keyOf));
  return objects.filter((object) => object.apiVersion !== 'crd.projectcalico.org/v1' || !shown.has(keyOf(object)));
}

function podNetsOf(objects: readonly StoredObject[]): NonNullable<PolicyModel['podNets']> {
  const pools = objects.filter((object) => object.kind === 'IPPool' && isCalico(object));
  const ofPools = pools.map(({ spec }) => record(spec).cidr);
  const nodes = objects.filter(({ kind, apiVersion }) => kind === 'Node' && apiVersion === 'v1');
  const ofNodes = nodes.flatMap(({ spec }) => strings(record(spec).podCIDRs));
  return [...ofPools, ...ofNodes].flatMap((text) => (typeof text === 'string' ? (parseCidr(text) ?? []) : []));
}

/** Null where nothing says which release of Calico runs, or that it does. */
function calicoOf(objects: readonly StoredObject[], version: string | null): Calico | null {
  const information = objects.find((object) => object.kind === 'ClusterInformation' && isCalico(object));
  const { calicoVersion } = record(information?.spec);
  const stated = version ?? (typeof calicoVersion === 'string' ? calicoVersion : null);
  return stated === null ? null : { flavour: 'crd-v1', version: stated, ipPools: [], felix: {} };
}
