import type { Evidence, EvidenceBag } from '../../src/evidence/evidence.ts';
import type { Address, Route } from '../../src/evidence/network.ts';
import { observed } from '../../src/evidence/observation.ts';
import { clusterOf } from './cluster.ts';

export interface EvidenceSizes {
  readonly rules: number;
  readonly policies: number;
}

const anchors = ['2001:4860:4860::8888', '2606:4700:4700::1111'] as const;
const nodeAddress = '2001:db8:1::10';
const veth = 'cali1a2b3c4d5e6';

/** A pod on a healthy node whose connects all time out while a drop rule counts: the run in which every check has work. */
export function evidenceOf({ rules, policies }: EvidenceSizes): EvidenceBag {
  const { pods, policies: stored, calico } = clusterOf({ policies, pods: 25 });
  const [pod] = pods;
  if (!pod) throw new Error('a cluster has pods');
  const podAddress = pod.podIPs[1] ?? '';
  const counters = { Ip6OutNoRoutes: 0, Ip6InNoRoutes: 7, Ip6InAddrErrors: 3 };

  const evidence: Partial<Evidence> = {
    attempt: { isNamed: false, destinations: anchors.map((to) => ({ family: 6, address: to, port: 443 })) },
    pod,
    namespace: stored.namespaces[0] ?? { apiVersion: 'v1', kind: 'Namespace', metadata: { name: pod.namespace } },
    node: {
      ...{ name: 'node-0', addresses: ['192.0.2.10', nodeAddress], podCIDRs: ['fd00:10:244::/64'] },
      ...{ annotations: {}, containerRuntime: 'containerd://2.1.4', isReady: true },
    },
    calico,
    policies: stored,
    podAddresses: [address(podAddress, 'eth0'), address('fe80::1', 'eth0')],
    podRoutes: [route('fe80::/64', 'eth0', null), route('default', 'eth0', 'fe80::ecee:eeff:feee:eeee')],
    podLinks: [link('eth0', 'veth')],
    podSysctls: { 'all/disable_ipv6': '0', 'eth0/disable_ipv6': '0' },
    podCounters: { before: counters, after: counters },
    podResolvers: ['10.96.0.10'],
    podConnects: connectsOf('TIMEOUT'),
    nodeAddresses: [address(nodeAddress, 'eth0'), address('fe80::ecee:eeff:feee:eeee', veth)],
    nodeRoutes: [route(podAddress, veth, null), route('default', 'eth0', 'fe80::1')],
    nodeLinks: [link('eth0', null), link(veth, 'veth'), link('vxlan-v6.calico', 'vxlan')],
    nodeSysctls: { 'all/forwarding': '1', 'eth0/forwarding': '1', 'eth0/accept_ra': '2' },
    nodeCounters: { before: counters, after: counters },
    nodeNeighbours: [],
    nodePodRoute: { to: podAddress, device: veth, gateway: null, source: null, problem: null },
    nodeDestinationRoutes: anchors.map((to) => {
      return { to, device: 'eth0', gateway: 'fe80::1', source: nodeAddress, problem: null };
    }),
    nodeFilterRules: { before: filterRules(rules, 0), after: filterRules(rules, 6) },
    nodeAddressSets: [{ name: 'cali60masq-ipam-pools', members: ['fd00:10:244::/64'] }],
    nodeFlows: [],
    nodeConnects: connectsOf('connected'),
  };
  // Object.entries forgets which value belongs to which key.
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [key, observed(value, 'bench')]),
  ) as EvidenceBag;
}

function address(text: string, device: string): Address {
  const scope = text.startsWith('fe80:') ? 'link' : 'global';
  return { address: text, prefixLength: scope === 'link' ? 64 : 128, device, scope, flags: ['permanent'] };
}

function route(destination: string, device: string, gateway: string | null): Route {
  return {
    ...{ destination, type: 'unicast', gateway, device, metric: 1_024 },
    ...{ protocol: null, table: 'main', expiresSeconds: null },
  };
}

function link(name: string, kind: string | null): Evidence['podLinks'][number] {
  return { name, mtu: 1_450, isUp: true, mac: 'ee:ee:ee:ee:ee:ee', kind };
}

function connectsOf(outcome: Evidence['podConnects'][number]['outcome']): Evidence['podConnects'] {
  return anchors.flatMap((to) =>
    [1, 2, 3].map((attempt) => {
      return { family: 6 as const, address: to, port: 443, attempt, outcome, ms: 4_000, tool: 'nc' };
    }),
  );
}

/** Chains of other pods' policies, and last the drop at the end of our pod's tier. */
function filterRules(count: number, dropped: number): Evidence['nodeFilterRules']['before'] {
  const others = Array.from({ length: count }, (_, index) => {
    return {
      chain: `cali-po-_${index >> 3}`,
      rule: `-p tcp -m multiport --dports ${1 + index} -j MARK`,
      packets: index,
    };
  });
  const drop = '-m comment --comment "End of tier default. Drop if no policies passed packet" -j DROP';
  const own = { chain: `cali-fw-${veth}`, rule: drop, packets: dropped };
  return [...others, own].map((rule) => ({ backend: 'nft' as const, table: 'filter', ...rule }));
}
