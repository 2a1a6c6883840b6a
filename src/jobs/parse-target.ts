import { type Destination, DnsLabel, DnsSubdomain, type Target } from './job.ts';

export type ParsedRequest =
  | {
      readonly ok: true;
      /** Null where none was typed: the door's default. */
      readonly cluster: string | null;
      readonly target: Target;
      readonly destination: Destination | null;
    }
  /** One sentence that quotes what was wrong and shows a correct example. */
  | { readonly ok: false; readonly problem: string };

const example = 'shop/checkout-7d9f or shop/deploy/checkout to [2001:db8::1]:443';
const defaultPort = 443;

/** The kinds of workload, by every name that kubectl takes for them. */
const workloads: Readonly<Record<string, 'deploy' | 'sts' | 'ds' | 'job'>> = {
  deploy: 'deploy',
  deployment: 'deploy',
  deployments: 'deploy',
  sts: 'sts',
  statefulset: 'sts',
  statefulsets: 'sts',
  ds: 'ds',
  daemonset: 'ds',
  daemonsets: 'ds',
  job: 'job',
  jobs: 'job',
};

/** The grammar that Slack and the terminal share: `[cluster:]namespace/[workload/]name` or `[cluster:]node/name`, then `[to host[:port]]`. */
export function parseRequest(text: string): ParsedRequest {
  const [typed, to, host, ...rest] = text.trim().split(/\s+/u);
  if (!typed) return wrong('Nothing was named to check');
  if (to !== undefined && to !== 'to') return wrong(`${quote(to)} was not expected after the target`);
  if (to === 'to' && host === undefined) return wrong('The destination after "to" is missing');
  if (rest.length > 0) return wrong(`${quote(rest.join(' '))} was not expected after the destination`);

  const target = parseTarget(typed);
  if (!target.ok || host === undefined) return target;
  const destination = parseDestination(host);
  return destination.ok ? { ...target, destination: destination.value } : destination;
}

function parseTarget(typed: string): ParsedRequest {
  const colon = typed.indexOf(':');
  const cluster = colon < 0 ? null : typed.slice(0, colon);
  if (cluster !== null && !DnsLabel.safeParse(cluster).success) {
    return wrong(`${quote(cluster)} cannot be the name of a cluster`, `prod:${example.split(' ')[0]}`);
  }

  const parts = typed.slice(colon + 1).split('/');
  if ((parts[0] === 'node' || parts[0] === 'nodes') && parts.length === 2) {
    const [, node = ''] = parts;
    if (!DnsSubdomain.safeParse(node).success)
      return wrong(`${quote(node)} cannot be the name of a node`, 'node/worker-1');
    return { ok: true, cluster, target: { kind: 'node', name: node }, destination: null };
  }
  const [namespace = '', second = '', third] = parts;
  if (parts.length < 2 || parts.length > 3) return wrong(`${quote(typed)} is not a namespace, a slash and a pod`);
  if (!DnsLabel.safeParse(namespace).success) return wrong(`${quote(namespace)} cannot be the name of a namespace`);

  if (third === undefined) {
    if (!DnsSubdomain.safeParse(second).success) return wrong(`${quote(second)} cannot be the name of a pod`);
    return { ok: true, cluster, target: { kind: 'pod', namespace, name: second }, destination: null };
  }

  // hasOwn, because `constructor` is not a kind of workload.
  const workload = Object.hasOwn(workloads, second) ? workloads[second] : undefined;
  if (!workload) return wrong(`${quote(second)} in ${quote(typed)} is not deploy, sts, ds or job`);
  if (!DnsSubdomain.safeParse(third).success) return wrong(`${quote(third)} cannot be the name of a workload`);
  return { ok: true, cluster, target: { kind: 'workload', namespace, workload, name: third }, destination: null };
}

type ParsedDestination =
  | { readonly ok: true; readonly value: Destination }
  | { readonly ok: false; readonly problem: string };

/** `host`, `host:port`, `2001:db8::1` or `[2001:db8::1]:port`; without a port it is 443. */
export function parseDestination(typed: string): ParsedDestination {
  const bracketed = /^\[([^\]]*)\](?::([^:]*))?$/u.exec(typed);
  const named = /^([^:[\]]+)(?::([^:]*))?$/u.exec(typed);
  const [, host = typed, port] = bracketed ?? named ?? [];

  const portNumber = port === undefined ? defaultPort : Number(port);
  if (port !== undefined && !/^[1-9]\d{0,4}$/u.test(port)) return wrong(`${quote(port)} is not a port`);
  if (portNumber > 65_535) return wrong(`${quote(String(portNumber))} is not a port`);

  if (host.includes(':') || bracketed) {
    const address = canonical(host);
    if (address === null) return wrong(`${quote(host)} is not an IPv6 address`);
    return { ok: true, value: { host: address, port: portNumber } };
  }
  if (/^[\d.]+$/u.test(host)) {
    return wrong(`${quote(host)} is not an IPv6 address or a host name, and IPv6 is what is checked`);
  }
  const name = host.toLowerCase().replace(/\.$/u, '');
  if (!DnsSubdomain.safeParse(name).success) return wrong(`${quote(host)} is not an address or a host name`);
  return { ok: true, value: { host: name, port: portNumber } };
}

/** RFC 5952 form, or null for what is no IPv6 address. A zone index means nothing outside its machine. */
function canonical(address: string): string | null {
  const url = URL.parse(`http://[${address}]/`);
  return url ? url.hostname.slice(1, -1) : null;
}

function wrong(what: string, sample = example): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `${what}. Write it like this: ${sample}` };
}

/** Typed text goes back to who typed it, without what could move a cursor and not at any length. */
function quote(typed: string): string {
  const clean = typed.replace(/[\p{C}]/gu, '');
  return `"${clean.length > 60 ? `${clean.slice(0, 57)}…` : clean}"`;
}
