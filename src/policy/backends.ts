import type { StoredObject } from '../evidence/objects.ts';
import { type Address, parseAddress } from '../net/address.ts';
import type { Resident } from './directory.ts';
import { type Json, record, records, strings } from './read.ts';
import { isPort, protocolNumber } from './rule.ts';
import type { ServicePort } from './services.ts';

/** Where packets for a port of a service go. */
export interface Backend {
  /** The service's port that leads here. */
  readonly service: ServicePort;
  /** Null for a pod that was not seen running. */
  readonly address: Address | null;
  /** Null for any. */
  readonly port: number | null;
  readonly protocol: number;
  readonly isReady: boolean;
  /** The pod, where only its template says who it is. */
  readonly resident: Resident | null;
}

/** From EndpointSlices; else Endpoints; else the pods that the service selects, as the controller would find them. */
export function backendsFor(
  service: StoredObject,
  ports: readonly ServicePort[],
  slices: readonly StoredObject[],
  endpoints: StoredObject | undefined,
  residents: readonly Resident[],
): readonly Backend[] | null {
  if (slices.length > 0) return slices.flatMap((slice) => fromSlice(slice, ports));
  if (endpoints) return records(endpoints.subsets).flatMap((subset) => fromSubset(subset, ports));
  const { selector, publishNotReadyAddresses } = record(service.spec);
  const wanted = Object.entries(record(selector));
  if (wanted.length === 0) return null;
  const selected = residents.filter(
    ({ actor }) =>
      !actor.isFinished &&
      wanted.every(([key, value]) => Object.hasOwn(actor.labels, key) && actor.labels[key] === value),
  );
  return selected.flatMap((resident) => fromPod(resident, ports, publishNotReadyAddresses === true));
}

function matching(json: Json, ports: readonly ServicePort[]) {
  const { name, port, protocol } = json;
  const number = protocolNumber(protocol ?? 'TCP');
  const service = ports.find(
    (each) => each.name === (typeof name === 'string' ? name : '') && each.protocol === number,
  );
  return service && number !== null ? [{ service, port: isPort(port) ? port : null, protocol: number }] : [];
}

function fromSlice(slice: StoredObject, ports: readonly ServicePort[]): Backend[] {
  const leads = records(slice.ports).flatMap((json) => matching(json, ports));
  return records(slice.endpoints).flatMap(({ addresses, conditions }) => {
    const isReady = record(conditions).ready !== false;
    const all = strings(addresses).flatMap((text) => parseAddress(text) ?? []);
    return all.flatMap((address) => leads.map((lead) => ({ ...lead, address, isReady, resident: null })));
  });
}

function fromSubset(subset: Json, ports: readonly ServicePort[]): Backend[] {
  const leads = records(subset.ports).flatMap((json) => matching(json, ports));
  const of = (list: unknown, isReady: boolean) =>
    records(list).flatMap(({ ip }) => {
      const address = typeof ip === 'string' ? parseAddress(ip) : null;
      return address ? leads.map((lead) => ({ ...lead, address, isReady, resident: null })) : [];
    });
  return [...of(subset.addresses, true), ...of(subset.notReadyAddresses, false)];
}

function fromPod(resident: Resident, ports: readonly ServicePort[], isAlwaysReady: boolean): Backend[] {
  const { actor, endpoint } = resident;
  const addresses = endpoint.addresses.flatMap((text) => parseAddress(text) ?? []);
  const places = addresses.length > 0 ? addresses : [null];
  const isReady = isAlwaysReady || actor.isReady;
  return ports.flatMap((service) => {
    const port = targetOf(service, actor.ports);
    if (port === null) return [];
    return places.map((address) => ({ service, address, port, protocol: service.protocol, isReady, resident }));
  });
}

/** Null where the pod has no port of the name that the service asks for. */
function targetOf({ target, port, protocol }: ServicePort, own: Resident['actor']['ports']): number | null {
  if (target === null) return port;
  if (typeof target === 'number') return target;
  return own.find((each) => each.name === target && each.protocol === protocol)?.port ?? null;
}
