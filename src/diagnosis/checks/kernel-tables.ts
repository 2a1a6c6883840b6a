import type { TableUse } from '../../evidence/network.ts';
import { observedIn } from '../../evidence/observation.ts';
import { defineCheck, type Judgement } from '../check.ts';
import { attemptsThatEnded, lostOnTheWay } from '../failures.ts';

/** Felix, kubelet and every other pod take and free entries all the time. */
const nearlyFull = 0.98;

export const kernelTables = defineCheck({
  id: 'kernel-tables',
  stage: 'forwarding',
  title: "Node's kernel has room for new flows",
  failureTitle: "A table of the node's kernel is full",
  needs: ['nodeTables'],
  mayUse: ['node', 'podConnects', 'nodeNeighbours'],
  causes: ['kernel-table-limits'],

  evaluate({ nodeTables: { before, after } }, extra) {
    const node = observedIn(extra.node)?.name ?? 'the node';
    const lost = attemptsThatEnded(extra.podConnects, [...lostOnTheWay, 'ENETUNREACH', 'EPERM']);
    const fills = fillsOf(after, observedIn(extra.nodeNeighbours)?.length ?? null);
    const drops = (after.conntrackDrops ?? 0) - (before.conntrackDrops ?? 0);
    const facts = [
      ...fills.map(({ table, count, max }) => `${table}: ${count} of ${max}`),
      ...(drops > 0 ? [`conntrack dropped ${drops} packets around ours because it was full`] : []),
    ];
    if (fills.length === 0) {
      return {
        outcome: 'inconclusive',
        summary: `Node ${node} does not say how full its kernel's tables are.`,
        facts,
      };
    }
    const [full] = fills.filter(({ count, max }) => count >= max * nearlyFull);
    if (!full) {
      return { outcome: 'pass', summary: `No table of node ${node} is near its limit.`, facts };
    }
    const isConntrack = full.table === 'conntrack';
    if (isConntrack && drops > 0) return tableFull(node, full, lost > 0 && drops >= lost, 'certain', facts);
    if (lost > 0 || full.count >= full.max) return tableFull(node, full, false, 'likely', facts);
    return { outcome: 'pass', summary: `${full.table} of node ${node} is nearly full, and nothing was lost.`, facts };
  },
});

interface Fill {
  readonly table: 'conntrack' | 'IPv6 neighbours' | 'IPv6 route cache';
  readonly count: number;
  readonly max: number;
  readonly sysctl: string;
}

function fillsOf(use: TableUse, neighbours: number | null): Fill[] {
  const fill = (table: Fill['table'], sysctl: string, count: number | null, max: number | null): Fill[] =>
    count === null || max === null || max === 0 ? [] : [{ table, count, max, sysctl }];
  return [
    ...fill('conntrack', 'net.netfilter.nf_conntrack_max', use.conntrackCount, use.conntrackMax),
    ...fill('IPv6 neighbours', 'net.ipv6.neigh.default.gc_thresh3', neighbours, use.neighbourMax),
    ...fill('IPv6 route cache', 'net.ipv6.route.max_size', use.routeCount, use.routeMax),
  ];
}

function tableFull(
  node: string,
  { table, count, max, sysctl }: Fill,
  isOurs: boolean,
  confidence: 'certain' | 'likely',
  facts: readonly string[],
): Judgement {
  return {
    outcome: 'fail',
    cause: 'kernel-table-limits',
    confidence,
    ruledOut: [],
    neighbours: confidence === 'certain' ? [] : ['node-upstream-black-hole'],
    isDeciding: isOurs,
    summary: `The ${table} table of node ${node} is full (${count} of ${max}), so packets of new flows are lost${table === 'conntrack' ? ', of IPv4 as well' : ''}.`,
    facts,
    fix: [
      `# on ${node}; and find out what fills it`,
      `echo '${sysctl} = ${max * 4}' > /etc/sysctl.d/90-ipv6-tables.conf && sysctl --system`,
      ...(table === 'conntrack'
        ? ["conntrack -L 2>/dev/null | grep -oE ' src=[^ ]+' | sort | uniq -c | sort -rn | head -n 5"]
        : []),
    ].join('\n'),
  };
}
