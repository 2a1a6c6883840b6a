import { entityOf } from './entity.ts';
import type { EgressRule, IcmpKind } from './model.ts';
import { faultIn, has, type Json, record, strings } from './read.ts';
import { type Nets, netsOf, portsOf, protocolNumber, ruleOf } from './rule.ts';

const actions: ReadonlyMap<unknown, EgressRule['action']> = new Map([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);
const every = ['allow', 'deny', 'pass'] as const;

const ruleShape = {
  action: 'string',
  ipVersion: 'number',
  protocol: 'any',
  notProtocol: 'any',
  icmp: 'object',
  notICMP: 'object',
  source: 'object',
  destination: 'object',
  http: 'object',
  metadata: 'object',
} as const;
const entityShape = {
  nets: 'strings',
  notNets: 'strings',
  selector: 'string',
  notSelector: 'string',
  namespaceSelector: 'string',
  ports: 'any',
  notPorts: 'any',
  serviceAccounts: 'object',
  services: 'object',
  domains: 'strings',
} as const;

/** One rule of Calico; several where its action cannot be told, so that each way of an answer stays open. */
export function calicoRules(rule: Json, path: string, namespace: string | null): EgressRule[] {
  const [source, to] = [record(rule.source), record(rule.destination)];
  const fault =
    faultIn(rule, ruleShape, path) ??
    faultIn(source, entityShape, `${path}.source`) ??
    faultIn(to, entityShape, `${path}.destination`) ??
    faultIn(to.services, { name: 'string', namespace: 'string' }, `${path}.destination.services`) ??
    faultIn(to.serviceAccounts, { names: 'strings', selector: 'string' }, `${path}.destination.serviceAccounts`) ??
    faultIn(source.serviceAccounts, { names: 'strings', selector: 'string' }, `${path}.source.serviceAccounts`);
  if (fault !== null) return every.map((action) => ruleOf(path, action, { doubt: fault }));
  if (rule.action === 'Log') return [];
  const action = actions.get(rule.action);
  const [from, peer] = [entityOf(source, namespace), entityOf(to, namespace)];
  const protocol = has(rule, 'protocol') ? protocolNumber(rule.protocol) : null;
  const notProtocol = has(rule, 'notProtocol') ? protocolNumber(rule.notProtocol) : null;
  const [nets, notNets] = [netsOf(strings(to.nets)), netsOf(strings(to.notNets))];
  const [sourceNets, sourceNotNets] = [netsOf(strings(source.nets)), netsOf(strings(source.notNets))];
  const [ports, notPorts] = [portsOf(to.ports), portsOf(to.notPorts)];
  const unread = [nets, notNets, sourceNets, sourceNotNets].flatMap((each) => each.unread);
  const fields: Partial<EgressRule> = {
    ipVersion: rule.ipVersion === 4 || rule.ipVersion === 6 ? rule.ipVersion : null,
    protocols: protocol === null ? null : [protocol],
    notProtocols: notProtocol === null ? [] : [notProtocol],
    icmp: icmpOf(rule.icmp),
    notIcmp: icmpOf(rule.notICMP),
    nets: listed(nets),
    notNets: listed(notNets) ?? [],
    ports: ports.ports,
    notPorts: notPorts.ports,
    selectsPeer: peer.selects,
    excludesPeer: peer.excludes,
    service: serviceOf(to.services, namespace),
    sourceNets: listed(sourceNets),
    sourceNotNets: listed(sourceNotNets) ?? [],
    selectsSource: from.selects,
    excludesSource: from.excludes,
    doubt:
      // An action that is unknown may be any, so both ways of an answer stay open.
      (action === undefined ? `the action "${String(rule.action).slice(0, 64)}" is unknown` : null) ??
      (unread.length > 0 ? `"${unread[0]}" is no network` : null) ??
      (has(rule, 'ipVersion') && rule.ipVersion !== 4 && rule.ipVersion !== 6 ? 'its IP version is unknown' : null) ??
      unknownProtocol(rule, 'protocol', protocol) ??
      unknownProtocol(rule, 'notProtocol', notProtocol) ??
      ports.doubt ??
      notPorts.doubt ??
      doubtOfFields(rule, protocol, ports.ports !== null || notPorts.ports !== null),
  };
  return (action ? [action] : every).map((each) => ruleOf(path, each, fields));
}

/** A list of which a member is unreadable is left to the doubt: it may hold what the others do not. */
function listed({ cidrs, unread }: Nets): EgressRule['nets'] {
  return unread.length > 0 || cidrs.length === 0 ? null : cidrs;
}

function icmpOf(value: unknown): IcmpKind | null {
  const { type, code } = record(value);
  if (typeof type !== 'number' && typeof code !== 'number') return null;
  return { type: typeof type === 'number' ? type : null, code: typeof code === 'number' ? code : null };
}

function serviceOf(value: unknown, namespace: string | null): string | null {
  const { name, namespace: own } = record(value);
  if (typeof name !== 'string' || name === '') return null;
  return `${typeof own === 'string' && own !== '' ? own : (namespace ?? '')}/${name}`;
}

function unknownProtocol(rule: Json, field: string, number: number | null): string | null {
  return has(rule, field) && number === null ? `the protocol "${String(rule[field]).slice(0, 64)}" is unknown` : null;
}

const withPorts = [6, 17, 132];

/** What Calico's validator refuses and Felix has no sure way to render, or what no flow tells beforehand. */
function doubtOfFields(rule: Json, protocol: number | null, hasPorts: boolean): string | null {
  const [source, to] = [record(rule.source), record(rule.destination)];
  if (has(to, 'services') && serviceOf(to.services, '') === null) return 'its service has no name';
  if (has(to, 'services') && (hasPorts || has(to, 'nets'))) return 'a rule for services may list no ports or networks';
  if (has(source, 'services')) return 'a rule for egress may not name the service of the source';
  if (has(to, 'domains') || has(source, 'domains')) return 'a rule for domains needs their addresses';
  if (has(rule, 'http')) return 'a rule for HTTP needs the request';
  if (['ports', 'notPorts'].some((field) => has(source, field)))
    return 'the source port of a flow is not known beforehand';
  if (hasPorts && (protocol === null || !withPorts.includes(protocol))) {
    return 'it lists ports without a protocol that has them';
  }
  const asksIcmp = has(rule, 'icmp') || has(rule, 'notICMP');
  return asksIcmp && protocol !== 1 && protocol !== 58 ? 'it asks for ICMP types without the protocol' : null;
}
