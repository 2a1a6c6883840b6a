import type { Address } from '../net/address.ts';
import { type Cidr, contains } from '../net/cidr.ts';
import type { EgressRule, Ports } from './model.ts';
import { protocolName } from './rule.ts';
import type { Labels } from './selector.ts';

/** A flow with its address parsed, and what is known of who has the address and of who sends. */
export interface ParsedFlow {
  readonly address: Address;
  readonly port: number | null;
  readonly protocol: number;
  /** The labels of everybody who is known to have the address: an endpoint, network sets. */
  readonly peers: readonly Labels[];
  /** Why somebody whom we do not know may have it; null when nobody may. */
  readonly mayBePeer: string | null;
  /** The names of the port at its pod; null when that pod is not known. */
  readonly portNames: readonly string[] | null;
  readonly sourceLabels: Labels;
  /** The pod's own address of the same family; null when it has none. */
  readonly sourceAddress: Address | null;
}

export type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly missed: string | null }
  | { readonly kind: 'unknown'; readonly doubt: string };

const yes: Match = { kind: 'yes' };
const no = (missed: string | null = null): Match => ({ kind: 'no', missed });
const unknown = (doubt: string): Match => ({ kind: 'unknown', doubt });

export const everythingIsAbsent = 'this rule allows 0.0.0.0/0; ::/0 is absent';

/** Why the rule does not exist for this family (Felix's FilterRuleToIPVersion); null when it does. */
export function familyFilter(rule: EgressRule, family: 4 | 6): string | null {
  if (rule.ipVersion !== null && rule.ipVersion !== family) return `the rule is for IPv${rule.ipVersion}`;
  const isOther = (list: readonly Cidr[] | null) => list?.every((cidr) => cidr.family !== family) ?? false;
  const isAll = (cidr: Cidr) => cidr.prefixLength === 0;
  const other = `IPv${family === 6 ? 4 : 6} networks only, so the rule does not exist for IPv${family}`;
  if (isOther(rule.nets)) return family === 6 && rule.nets?.some(isAll) ? everythingIsAbsent : `nets lists ${other}`;
  if (rule.notNets.length > 0 && isOther(rule.notNets)) return `notNets lists ${other}`;
  if (isOther(rule.sourceNets)) return `source.nets lists ${other}`;
  if (rule.sourceNotNets.length > 0 && isOther(rule.sourceNotNets)) return `source.notNets lists ${other}`;
  const excepted = [...rule.notNets, ...rule.sourceNotNets];
  return excepted.some((cidr) => cidr.family === family && isAll(cidr)) ? 'notNets excepts every address' : null;
}

/** A sure no of any field decides; then a doubt of any; the order of fields says which near miss is named. */
export function matchRule(rule: EgressRule, flow: ParsedFlow): Match {
  const filtered = familyFilter(rule, flow.address.family);
  if (filtered !== null) return no(filtered);
  const answers = [
    matchSource(rule, flow),
    matchNets(rule, flow),
    matchPeer(rule, flow),
    matchProtocol(rule, flow),
    matchPorts(rule, flow),
  ];
  const decided = answers.find(({ kind }) => kind === 'no');
  if (decided) return decided;
  if (rule.doubt !== null) return unknown(rule.doubt);
  return answers.find(({ kind }) => kind === 'unknown') ?? yes;
}

function matchSource({ selectsSource, sourceNets, sourceNotNets }: EgressRule, flow: ParsedFlow): Match {
  if (selectsSource && !selectsSource(flow.sourceLabels)) return no();
  if (sourceNets === null && sourceNotNets.length === 0) return yes;
  const { sourceAddress } = flow;
  if (!sourceAddress) return unknown('it asks for the address of the pod, which has none of this family');
  if (sourceNets && !sourceNets.some((cidr) => contains(cidr, sourceAddress))) return no();
  return sourceNotNets.some((cidr) => contains(cidr, sourceAddress)) ? no() : yes;
}

function matchNets({ nets, notNets }: EgressRule, { address }: ParsedFlow): Match {
  if (nets && !nets.some((cidr) => contains(cidr, address))) return no();
  return notNets.some((cidr) => contains(cidr, address)) ? no('the address is excepted') : yes;
}

function matchPeer({ selectsPeer, excludesPeer }: EgressRule, { peers, mayBePeer }: ParsedFlow): Match {
  if (excludesPeer && peers.some(excludesPeer)) return no();
  const isSelected = selectsPeer === null || peers.some(selectsPeer);
  if (!isSelected && mayBePeer === null) return no();
  if (!isSelected || (excludesPeer && mayBePeer !== null)) return unknown(mayBePeer ?? '');
  return yes;
}

function matchProtocol({ protocols, notProtocols }: EgressRule, { protocol }: ParsedFlow): Match {
  if (notProtocols.includes(protocol)) return no(`the rule is not for ${protocolName(protocol)}`);
  if (protocols === null || protocols.includes(protocol)) return yes;
  return no(
    `the rule is for ${protocols.map(protocolName).join(' and ') || 'no protocol'}, not ${protocolName(protocol)}`,
  );
}

type Among = 'yes' | 'no' | 'unknown';

function isAmong({ ranges, names }: Ports, { port, portNames, mayBePeer }: ParsedFlow): Among {
  if (port !== null && ranges.some(({ from, to }) => from <= port && port <= to)) return 'yes';
  if (names.length === 0) return 'no';
  if (portNames !== null) return names.some((name) => portNames.includes(name)) ? 'yes' : 'no';
  return mayBePeer === null ? 'no' : 'unknown';
}

function matchPorts({ ports, notPorts }: EgressRule, flow: ParsedFlow): Match {
  const among = ports === null ? 'yes' : isAmong(ports, flow);
  const excepted = notPorts === null ? 'no' : isAmong(notPorts, flow);
  if (excepted === 'yes') return no(`port ${flow.port} is excepted`);
  if (ports !== null && among === 'no') {
    const listed = [...ports.ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)), ...ports.names];
    return no(`the rule is for port ${listed.join(', ')}, not ${flow.port ?? 'for a protocol without ports'}`);
  }
  return among === 'unknown' || excepted === 'unknown'
    ? unknown('a named port belongs to a pod that is not known')
    : yes;
}
