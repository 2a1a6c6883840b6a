import { type Address, parseAddress } from '../../../src/net/address.ts';
import type { Cluster } from '../../../src/policy/cluster.ts';
import type { Resident } from '../../../src/policy/directory.ts';
import { dialled, explain } from '../../../src/policy/explain.ts';
import type { PolicyVerdict, Protocol } from '../../../src/policy/model.ts';
import { workloadKind } from '../../../src/policy/pods.ts';
import { doubtful } from '../../../src/policy/walk.ts';

/** A question as it was typed or written: nothing of it is checked yet. */
export interface Query {
  readonly from: unknown;
  readonly to: unknown;
  readonly port?: unknown;
  readonly protocol?: unknown;
  readonly icmpType?: unknown;
  readonly icmpCode?: unknown;
}

export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly port: number | null;
  readonly protocol: Protocol;
  readonly icmp: { readonly type: number | null; readonly code: number | null } | null;
}

const protocols: ReadonlyMap<string, Protocol> = new Map([
  ['TCP', 'TCP'],
  ['UDP', 'UDP'],
  ['SCTP', 'SCTP'],
  ['ICMPV6', 'ICMPv6'],
  ['ICMP', 'ICMP'],
]);
const shown = (value: unknown) => `"${String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 64)}"`;

/** What is asked, or one sentence that says what is wrong with the question. */
export function askedIn(query: Query): Asked | string {
  const { from, to, port, protocol = 'TCP' } = query;
  if (typeof from !== 'string' || !/^[^/\s]+\/[^/\s]+(\/[^/\s]+)?$/.test(from)) {
    return `from takes <namespace>/<pod> or <namespace>/<kind>/<name>, not ${shown(from)}`;
  }
  if (typeof to !== 'string' || (addressIn(to) === null && !isName(to))) {
    return `to takes an IPv6 or IPv4 address, not ${shown(to)}`;
  }
  const known = protocols.get(String(protocol ?? 'TCP').toUpperCase());
  if (known === undefined) return `protocol takes TCP, UDP, SCTP or ICMPv6, not ${shown(protocol)}`;
  const isIcmp = known === 'ICMP' || known === 'ICMPv6';
  const number = isIcmp ? null : numberIn(port, 1, 65_535);
  if (number === undefined) return `port takes a number from 1 to 65535, not ${shown(port)}`;
  const [type, code] = [numberIn(query.icmpType, 0, 255), numberIn(query.icmpCode, 0, 255)];
  if (type === undefined || code === undefined) return 'the type and code of ICMP are numbers from 0 to 255';
  return {
    ...{ from, to, protocol: known, port: number },
    icmp: isIcmp && type !== null ? { type, code } : null,
  };
}

const isName = (text: string) => /^[a-z0-9][a-z0-9.-]*\/([a-z]+\/)?[a-z0-9][a-z0-9.-]*$/i.test(text);

function addressIn(text: string): Address | null {
  const address = parseAddress(/^\[.*\]$/.test(text) ? text.slice(1, -1) : text);
  // A program that dials an IPv4-mapped address sends IPv4.
  const isMapped = address?.family === 6 && address.words.slice(0, 3).join() === '0,0,65535';
  return isMapped ? { family: 4, words: [0, 0, 0, address.words[3]] } : address;
}

/** Null where nothing is said, undefined for what is no such number. */
function numberIn(value: unknown, least: number, most: number): number | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
}

/** What cannot be found among the manifests makes the answer doubtful: it may be there all the same. */
export function answerTo(cluster: Cluster, { from, to, port, protocol, icmp }: Asked): PolicyVerdict {
  const source = residentAt(cluster, from);
  if (typeof source === 'string') return doubtful([source], []);
  const address = addressIn(to) ?? destinationAt(cluster, to);
  if (typeof address === 'string') return doubtful([address], []);
  return explain(cluster, source, address, { port, protocol, ...(icmp ? { icmp } : {}) });
}

function residentAt({ residents }: Cluster, text: string): Resident | string {
  const parts = text.split('/');
  const [namespace = '', second = '', third] = parts;
  const kind = third === undefined ? null : workloadKind(second);
  if (third !== undefined && kind === null) return `"${second.slice(0, 64)}" is no kind with pods that is known here`;
  const kinds = kind === null ? ['Pod', ...templates] : [kind];
  for (const each of kinds) {
    const found = residents.get(`${namespace}/${each}/${third ?? second}`) ?? [];
    if (found[0]) return found[0];
  }
  return `${text.slice(0, 128)} is not among the manifests`;
}

const templates = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'];

function destinationAt(cluster: Cluster, text: string): Address | string {
  const [namespace = '', kind = '', name] = text.split('/');
  if (name !== undefined && /^(svc|services?)$/i.test(kind)) {
    const service = cluster.services.byId.get(`${namespace}/${name}`);
    const { clusterIPs, clusterIP } = Object(service?.object.spec);
    const all: unknown[] = Array.isArray(clusterIPs) && clusterIPs.length > 0 ? clusterIPs : [clusterIP];
    const own = all.flatMap((each) => (typeof each === 'string' ? (parseAddress(each) ?? []) : []));
    const chosen = own.find(({ family }) => family === 6) ?? own[0];
    return chosen ?? `service ${namespace}/${name} with an address of its own is not among the manifests`;
  }
  const resident = residentAt(cluster, text);
  if (typeof resident === 'string') return resident;
  return dialled(resident) ?? `${text.slice(0, 128)} has no address in the manifests`;
}
