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
    icmp: null,
    notIcmp: null,
    nets: null,
    notNets: [],
    ports: null,
    notPorts: null,
    selectsPeer: null,
    excludesPeer: null,
    service: null,
    sourceNets: null,
    sourceNotNets: [],
    selectsSource: null,
    excludesSource: null,
    doubt: null,
    ...fields,
  };
}

const numbers: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['icmpv6', 58],
  ['sctp', 132],
  ['udplite', 136],
]);

/** A protocol's number; null for a name that nobody assigned. */
export function protocolNumber(value: unknown): number | null {
  const number = typeof value === 'string' ? (numbers.get(value.toLowerCase()) ?? decimal(value)) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 255 ? number : null;
}

const decimal = (text: string): number | null => (/^\d{1,3}$/.test(text) ? Number(text) : null);

export function protocolName(number: number): string {
  const names: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };
  return names[number] ?? `protocol ${number}`;
}

export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;

/** Null for what is no port: `80` and, in Calico, `"80:90"` are. */
function portRange(value: unknown): PortRange | null {
  const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(String(value));
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return isPort(from) && isPort(to) && from <= to ? { from, to } : null;
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_.-]{1,128}$/.test(value) && /[A-Za-z]/.test(value);

export interface ReadPorts {
  /** Null where there is none, which means any. */
  readonly ports: Ports | null;
  readonly doubt: string | null;
}

/** Calico's list of ports: numbers, ranges as text, and names. */
export function portsOf(values: unknown): ReadPorts {
  if (values === undefined || values === null) return { ports: null, doubt: null };
  if (!Array.isArray(values)) return { ports: null, doubt: 'its ports are not a list' };
  if (values.length === 0) return { ports: null, doubt: null };
  const bad = values.find((value) => portRange(value) === null && !isName(value));
  // A list of which a member is unreadable is left to the doubt: it may hold what the others do not.
  if (bad !== undefined) return { ports: null, doubt: `${String(JSON.stringify(bad)).slice(0, 64)} is no port` };
  return {
    ports: { ranges: values.flatMap((value) => portRange(value) ?? []), names: values.filter(isName) },
    doubt: null,
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
    unread: parsed.flatMap(({ value, cidr }) => (cidr ? [] : [value.slice(0, 64)])),
  };
}
