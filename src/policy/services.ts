import type { StoredObject } from '../evidence/objects.ts';
import { parseAddress } from '../net/address.ts';
import { type Backend, backendsFor } from './backends.ts';
import type { Resident } from './directory.ts';
import { keyOf } from './flow.ts';
import type { ServiceEndpoint } from './model.ts';
import { record, records, strings } from './read.ts';
import { isPort, protocolNumber } from './rule.ts';

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: number;
  /** A number, or a name that each pod gives to a port of its own; null for the same port. */
  readonly target: number | string | null;
}

export interface Service {
  /** `namespace/name`. */
  readonly id: string;
  readonly object: StoredObject;
  readonly ports: readonly ServicePort[];
  /** Addresses that kube-proxy translates. */
  readonly fronts: readonly string[];
  readonly isHeadless: boolean;
  /** Null where neither a selector nor an object says which they are. */
  readonly backends: readonly Backend[] | null;
}

export interface Services {
  readonly byId: ReadonlyMap<string, Service>;
  /** By the address that a client dials. */
  readonly byFront: ReadonlyMap<string, Service>;
  readonly endpoints: ReadonlyMap<string, readonly ServiceEndpoint[]>;
}

const idOf = ({ metadata }: StoredObject) => `${metadata.namespace ?? 'default'}/${metadata.name}`;

export function servicesOf(objects: readonly StoredObject[], residents: readonly Resident[]): Services {
  const isOf = (object: StoredObject, kind: string, version: RegExp) =>
    object.kind === kind && version.test(object.apiVersion);
  const slices = Map.groupBy(
    objects.filter((object) => isOf(object, 'EndpointSlice', /^discovery\.k8s\.io\//)),
    serviceOfSlice,
  );
  const elders = new Map(
    objects.filter((object) => isOf(object, 'Endpoints', /^v1$/)).map((object) => [idOf(object), object]),
  );
  const inNamespace = Map.groupBy(residents, ({ actor }) => actor.namespace);
  const services = objects
    .filter((object) => isOf(object, 'Service', /^v1$/))
    .map((object): Service => {
      const id = idOf(object);
      const ports = portsOf(object);
      const own = inNamespace.get(object.metadata.namespace ?? 'default') ?? [];
      const backends = backendsFor(object, ports, slices.get(id) ?? [], elders.get(id), own);
      const { clusterIP } = record(object.spec);
      return { id, object, ports, fronts: frontsOf(object), isHeadless: clusterIP === 'None', backends };
    });
  return {
    byId: new Map(services.map((service) => [service.id, service])),
    byFront: new Map(services.flatMap((service) => service.fronts.map((front) => [front, service]))),
    endpoints: new Map(
      services.flatMap(({ id, backends }) => (backends === null ? [] : [[id, backends.map(endpointOf)]])),
    ),
  };
}

function serviceOfSlice({ metadata }: StoredObject): string {
  const { 'kubernetes.io/service-name': name } = record(metadata.labels);
  return `${metadata.namespace ?? 'default'}/${String(name)}`;
}

function endpointOf({ address, port, protocol }: Backend): ServiceEndpoint {
  return { address: address === null ? null : keyOf(address), port, protocol };
}

function portsOf({ spec }: StoredObject): ServicePort[] {
  return records(record(spec).ports).flatMap(({ name, port, protocol, targetPort }) => {
    const number = protocolNumber(protocol ?? 'TCP');
    if (!isPort(port) || number === null) return [];
    // A target of 0 stands for none.
    const target =
      isPort(targetPort) && targetPort > 0 ? targetPort : typeof targetPort === 'string' ? targetPort : null;
    return [{ name: typeof name === 'string' ? name : '', port, protocol: number, target }];
  });
}

function frontsOf({ spec: value, status }: StoredObject): string[] {
  const spec = record(value);
  const ingress = records(record(record(status).loadBalancer).ingress);
  const balanced = ingress.filter(({ ipMode }) => ipMode !== 'Proxy').map(({ ip }) => ip);
  const all = [spec.clusterIP, ...strings(spec.clusterIPs), ...strings(spec.externalIPs), ...balanced];
  const addresses = all.flatMap((text) => (typeof text === 'string' ? (parseAddress(text) ?? []) : []));
  return [...new Set(addresses.map(keyOf))];
}
