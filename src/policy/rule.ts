import type { Cidr } from '../net/cidr.ts';
import { parseNet } from '../net/cidr.ts';
import type { EgressRule, PortRange, Ports } from './model.ts';

/** The rule that matches everything; each reader replaces what its API restricts. */
export function ruleOf(path: string, action: EgressRule['action'], fields: Partial<EgressRule> = {}): EgressRule {
  return {
    path,
    action,
    ipVersion: null,
    protocols: null,
    notProtocols: [],
    nets: null,
    notNets: [],
    ports: null,
    notPorts: null,
    selectsPeer: null,
    excludesPeer: null,
    sourceNets: null,
    sourceNotNets: [],
    selectsSource: null,
    doubt: null,
    ...fields,
  };
}

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132, udplite: 136 };

/** A protocol's number; null for a name that nobody assigned. */
export function protocolNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return numbers[value.toLowerCase()] ?? (/^\d+$/.test(value) ? Number(value) : null);
}

export function protocolName(number: number): string {
  const names: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };
  return names[number] ?? `protocol ${number}`;
}

/** Null for what is no port: `80` and, in Calico, `"80:90"` are. */
function portRange(value: unknown): PortRange | null {
  const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(String(value));
  if (!match) return null;
  return { from: Number(match[1]), to: Number(match[2] ?? match[1]) };
}

/** Calico's list of ports: numbers, ranges as text, and names. Null where there is none, which means any. */
export function portsOf(values: unknown): Ports | null {
  if (!Array.isArray(values) || values.length === 0) return null;
  const read = values.map((value) => portRange(value) ?? String(value));
  return {
    ranges: read.filter((each) => typeof each !== 'string'),
    names: read.filter((each) => typeof each === 'string'),
  };
}

export interface Nets {
  readonly cidrs: readonly Cidr[];
  readonly unread: readonly string[];
}

export function netsOf(values: readonly string[]): Nets {
  const parsed = values.map((value) => ({ value, cidr: parseNet(value) }));
  return {
    cidrs: parsed.flatMap(({ cidr }) => cidr ?? []),
    unread: parsed.flatMap(({ value, cidr }) => (cidr ? [] : [value])),
  };
}
