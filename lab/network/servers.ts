import { fileURLToPath } from 'node:url';
import type { Anchor } from '../contract.ts';
import { outsideDns } from './outside.ts';
import type { Plan } from './plan.ts';
import type { Zone } from './server/dns.ts';
import { netnsOf } from './topology.ts';

/** A name with addresses of both families, and one that has IPv4 alone. */
export const names = { both: 'api.partner.example', fourOnly: 'legacy.partner.example' };

export function zoneOf(plan: Plan, anchors: readonly Anchor[]): Zone {
  const [first] = anchors;
  const cluster = {
    A: plan.shape.family === 'dual' ? [plan.dnsService.ipv4] : [],
    AAAA: plan.shape.family === 'ipv6' ? [plan.dnsService.ipv6] : [],
  };
  return {
    [names.both]: { A: first ? [first.ipv4] : [], AAAA: first ? [first.ipv6] : [] },
    [names.fourOnly]: { A: first ? [first.ipv4] : [] },
    'kube-dns.kube-system.svc.cluster.local': cluster,
  };
}

const program = fileURLToPath(new URL('./server/main.ts', import.meta.url));

function serve(netns: string, role: Readonly<Record<string, unknown>>): string {
  const ready = `/run/ready-${netns}`;
  const words = JSON.stringify({ ...role, ready });
  return `nsenter --net=/run/netns/${netns} ${process.execPath} --disable-warning=ExperimentalWarning ${program} '${words}' </dev/null >/run/log-${netns} 2>&1 &`;
}

/** Starts them without waiting: they are up long before the rest of the lab is. */
export function serversScript(plan: Plan, anchors: readonly Anchor[], zone: Zone): string {
  const { dnsPod } = plan;
  const ownAddresses = [dnsPod.ipv6, dnsPod.ipv4].filter((address) => address !== null);
  return [
    serve('srv', {
      http: [80, ...new Set(anchors.map(({ port }) => port))],
      echo: [7],
      dns: Object.values(outsideDns),
      zone,
    }),
    serve(netnsOf(dnsPod), { http: [], echo: [], dns: ownAddresses, zone }),
  ].join('\n');
}

/** Waits for the outside alone; whoever asks for names has a client that asks again. */
export const awaitServers =
  'n=0; while [ ! -e /run/ready-srv ]; do n=$((n+1)); [ $n -lt 500 ] || { cat /run/log-* >&2; exit 1; }; sleep 0.01; done';
