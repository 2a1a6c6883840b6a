import type { Judgement, RegisteredCheck } from '../../src/diagnosis/check.ts';
import { runChecks } from '../../src/diagnosis/engine.ts';
import type { Finding } from '../../src/diagnosis/report.ts';
import type { Evidence, EvidenceBag, EvidenceKey } from '../../src/evidence/evidence.ts';
import type { Connect, Flow } from '../../src/evidence/flows.ts';
import type { Address, Route } from '../../src/evidence/network.ts';
import { type Failure, failed, type Observation, observed } from '../../src/evidence/observation.ts';

/** A dual-stack pod whose unique local address the node translates, as Calico wires it; everything works. */
export const podAddress = 'fd00:10:244::a';
export const nodeAddress = '2001:db8:1::10';
export const gateway = 'fe80::ecee:eeff:feee:eeee';
export const anchors = ['2001:4860:4860::8888', '2606:4700:4700::1111'] as const;
export const anchors4 = ['8.8.8.8', '1.1.1.1'] as const;

export function address(text: string, device: string, more: Partial<Address> = {}): Address {
  const scope = text.startsWith('fe80:') ? 'link' : 'global';
  return { address: text, prefixLength: scope === 'link' ? 64 : 128, device, scope, flags: ['permanent'], ...more };
}

export function route(destination: string, more: Partial<Route> = {}): Route {
  return {
    destination,
    type: 'unicast',
    gateway: null,
    device: 'eth0',
    metric: 1024,
    protocol: null,
    table: 'main',
    expiresSeconds: null,
    ...more,
  };
}

/** `::/0 dev lo metric ffffffff`, which every network namespace has. */
export const nullEntry = route('default', { type: 'reject', device: 'lo', metric: 0xffffffff });

/** Three attempts at each address; `outcomes` are given in turn, the last one for the rest. */
export function connects(addresses: readonly string[], ...outcomes: Connect['outcome'][]): Connect[] {
  return addresses.flatMap((to, at) =>
    [1, 2, 3].map((attempt) => ({
      family: to.includes(':') ? (6 as const) : (4 as const),
      address: to,
      port: 443,
      attempt,
      outcome: outcomes[Math.min(at * 3 + attempt - 1, outcomes.length - 1)] ?? 'connected',
      ms: 12,
      tool: 'nc',
    })),
  );
}

export function flow(to: string, more: Partial<Flow> & { readonly seenAs?: string } = {}): Flow {
  const { seenAs = nodeAddress, ...rest } = more;
  return {
    protocol: 'tcp',
    state: 'SYN_SENT',
    original: { source: podAddress, destination: to, sourcePort: 40000, destinationPort: 443 },
    reply: { source: to, destination: seenAs, sourcePort: 443, destinationPort: 40000 },
    isUnreplied: false,
    isAssured: true,
    ...rest,
  };
}

export function routingRule(more: Partial<Evidence['nodeRoutingRules'][number]>): Evidence['nodeRoutingRules'][number] {
  return { priority: 32766, from: 'all', to: 'all', incoming: null, mark: null, action: 'main', ...more };
}

export const tableUse: Evidence['nodeTables']['after'] = {
  ...{ conntrackCount: 812, conntrackMax: 262144, conntrackDrops: 0 },
  ...{ neighbourMax: 1024, routeCount: 6, routeMax: 2147483647 },
};

const ports = { port: 443 };

export const healthy: Evidence = {
  attempt: {
    isNamed: false,
    destinations: [
      ...anchors.map((each) => ({ family: 6 as const, address: each, ...ports })),
      ...anchors4.map((each) => ({ family: 4 as const, address: each, ...ports })),
    ],
  },
  pod: {
    namespace: 'shop',
    name: 'checkout-7d9f',
    uid: '6a1f0c1e-0000-4000-8000-000000000001',
    labels: { app: 'checkout' },
    annotations: { 'cni.projectcalico.org/podIPs': `10.244.0.10/32,${podAddress}/128` },
    nodeName: 'node-1',
    serviceAccount: 'default',
    isHostNetwork: false,
    isTerminating: false,
    phase: 'Running',
    podIPs: ['10.244.0.10', podAddress],
    createdAt: '2026-08-01T10:00:00Z',
    containers: [{ name: 'app', state: 'running', isRunning: true }],
    workload: { kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
  },
  namespace: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
  },
  node: {
    name: 'node-1',
    addresses: ['192.0.2.10', nodeAddress],
    podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'],
    annotations: { 'projectcalico.org/IPv6Address': `${nodeAddress}/64` },
    containerRuntime: 'containerd://2.1.4',
    isReady: true,
  },
  calico: {
    flavour: 'v3-aggregated',
    version: 'v3.31.2',
    ipPools: [pool('default-ipv4-ippool', '10.244.0.0/16'), pool('default-ipv6-ippool', 'fd00:10:244::/64')],
    felix: {},
  },
  policies: {
    objects: [],
    namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
    serviceAccounts: [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } }],
    unread: [],
    notUnderstood: [],
  },
  calicoNode: {
    namespace: 'calico-system',
    pod: 'calico-node-x2k4q',
    isReady: true,
    restarts: 0,
    version: 'v3.31.2',
    environment: { FELIX_IPV6SUPPORT: 'true', IP6: 'autodetect' },
  },
  peerNodes: [],
  events: [],
  sibling: {
    ...{ pod: 'shop/cart-5c4d', node: 'node-1', isSameNode: true, isSameWorkload: false },
    ...{ attempts: 6, connected: 6 },
  },
  podAddresses: [
    address('::1', 'lo', { scope: 'host' }),
    address(podAddress, 'eth0'),
    address('fe80::a8d1:3bff:fe2c:1', 'eth0'),
  ],
  podRoutes: [
    route(podAddress, { protocol: 'kernel', metric: 256 }),
    route('fe80::/64', { protocol: 'kernel', metric: 256 }),
    route('default', { gateway }),
    nullEntry,
  ],
  podLinks: [
    { name: 'lo', mtu: 65536, isUp: true, mac: null, kind: null },
    { name: 'eth0', mtu: 1450, isUp: true, mac: 'aa:d1:3b:2c:00:01', kind: 'veth' },
  ],
  podSysctls: { 'all/disable_ipv6': '0', 'eth0/disable_ipv6': '0', 'all/forwarding': '0' },
  podCounters: { before: { Ip6OutNoRoutes: 0 }, after: { Ip6OutNoRoutes: 0 } },
  podResolvers: ['10.96.0.10'],
  podConnects: connects([...anchors, ...anchors4], 'connected'),
  podDestinationRoutes: anchors.map((to) => ({ to, device: 'eth0', gateway, source: podAddress, problem: null })),
  podDevices: devices({}),
  podAddressPreferences: { precedences: [] },
  podNames: [],
  podUploads: anchors.map((to) => ({ address: to, port: 443, unacknowledgedBytes: 0, retransmits: 0 })),
  nodeAddresses: [
    address('::1', 'lo', { scope: 'host' }),
    address(nodeAddress, 'eth0', { prefixLength: 64 }),
    address('fe80::5054:ff:fe12:3456', 'eth0'),
    address(gateway, 'cali1a2b3c4d5e6'),
    address('fd00:10:244::1', 'vxlan-v6.calico'),
  ],
  nodeRoutes: [
    route(podAddress, { device: 'cali1a2b3c4d5e6' }),
    route('fd00:10:244::/122', { type: 'blackhole', device: 'lo', protocol: '80' }),
    route('2001:db8:1::/64', { protocol: 'kernel', metric: 256 }),
    route('default', { gateway: 'fe80::1' }),
    nullEntry,
  ],
  nodeLinks: [
    { name: 'eth0', mtu: 1500, isUp: true, mac: '52:54:00:12:34:56', kind: null },
    { name: 'cali1a2b3c4d5e6', mtu: 1450, isUp: true, mac: 'ee:ee:ee:ee:ee:ee', kind: 'veth' },
    { name: 'tunl0', mtu: 1480, isUp: true, mac: null, kind: 'ipip' },
    { name: 'vxlan-v6.calico', mtu: 1430, isUp: true, mac: '66:0f:10:00:00:01', kind: 'vxlan' },
  ],
  // Per-interface forwarding=0 gates nothing while `all` is 1.
  nodeSysctls: {
    'all/forwarding': '1',
    'eth0/forwarding': '1',
    'eth0/accept_ra': '2',
    'cali1a2b3c4d5e6/forwarding': '0',
  },
  nodeCounters: { before: { Ip6InNoRoutes: 7, Ip6InAddrErrors: 3 }, after: { Ip6InNoRoutes: 7, Ip6InAddrErrors: 3 } },
  nodeNeighbours: [],
  nodePodRoute: { to: podAddress, device: 'cali1a2b3c4d5e6', gateway: null, source: null, problem: null },
  nodeDestinationRoutes: anchors.map((to) => ({
    to,
    device: 'eth0',
    gateway: 'fe80::1',
    source: nodeAddress,
    problem: null,
  })),
  nodeForwardRoutes: anchors.map((to) => ({ to, device: 'eth0', gateway: 'fe80::1', source: null, problem: null })),
  nodeRoutingRules: [routingRule({ priority: 0, action: 'local' }), routingRule({})],
  nodeTables: { before: tableUse, after: tableUse },
  nodeTunnelPeers: [{ device: 'vxlan-v6.calico', mac: '66:0f:10:00:00:02', address: '2001:db8:1::20' }],
  nodeBirdProtocols: [{ name: 'kernel1', protocol: 'Kernel', state: 'up', info: '' }],
  nodeFilterRules: filterRules(),
  nodeAddressSets: [{ name: 'cali60masq-ipam-pools', members: ['fd00:10:244::/64'] }],
  nodeFlows: anchors.map((to) => flow(to)),
  nodeConnects: connects(anchors, 'connected'),
};

/** Docker's FORWARD policy DROP, harmless because Calico accepts what its policies let pass. */
export function filterRules(rises: Readonly<Record<string, number>> = {}): Evidence['nodeFilterRules'] {
  const rules = [
    ['FORWARD', 'policy DROP', 12],
    ['FORWARD', '-j cali-FORWARD', 900],
    ['FORWARD', '-m mark --mark 0x10000/0x10000 -j ACCEPT', 880],
    [
      'cali-fw-cali1a2b3c4d5e6',
      '-m comment --comment "End of tier default. Drop if no policies passed packet" -j DROP',
      4,
    ],
  ] as const;
  const nat = '-m set --match-set cali60masq-ipam-pools src -j MASQUERADE --random-fully';
  const translation = { backend: 'nft' as const, table: 'nat', chain: 'cali-nat-outgoing', rule: nat, packets: 30 };
  const listed = (isAfter: boolean) => [
    ...rules.map(([chain, rule, packets]) => {
      const rise = isAfter ? (rises[rule] ?? rises[chain] ?? 0) : 0;
      return { backend: 'nft' as const, table: 'filter', chain, rule, packets: packets + rise };
    }),
    translation,
  ];
  return { before: listed(false), after: listed(true) };
}

export function pool(name: string, cidr: string, more: Partial<Evidence['calico']['ipPools'][number]> = {}) {
  return {
    name,
    cidr,
    natOutgoing: true,
    isDisabled: false,
    ipipMode: 'Never',
    vxlanMode: 'Never',
    // Before the healthy pod was.
    createdAt: '2026-07-01T10:00:00Z',
    ...more,
  };
}

/** The pod's interfaces, with packets that were sent and received around our own. */
export function devices(rises: Readonly<Record<string, { readonly sent?: number; readonly received?: number }>>) {
  const names = ['lo', 'eth0'];
  const counted = (isAfter: boolean) =>
    Object.fromEntries(
      names.map((name) => {
        const { sent = name === 'eth0' ? 90 : 0, received = sent } = rises[name] ?? {};
        return [name, { received: 100 + (isAfter ? received : 0), sent: 100 + (isAfter ? sent : 0) }];
      }),
    );
  return { before: counted(false), after: counted(true) };
}

type Changes = { readonly [K in EvidenceKey]?: Evidence[K] | Failure };

/** The healthy run with some evidence replaced, or failed. */
export function bagWith(changes: Changes = {}): EvidenceBag {
  // Nobody asks another pod where nothing is open.
  const merged: Changes = { ...healthy, sibling: failed('NOT_ATTEMPTED', 'not needed'), ...changes };
  const entries = Object.entries(merged).map(([key, value]) => [
    key,
    isFailure(value) ? value : observed(value, 'test'),
  ]);
  return Object.fromEntries(entries) as { [K in EvidenceKey]: Observation<Evidence[K]> };
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'failed';
}

/** What one check says of the healthy run with `changes`; what the engine answers for it when it cannot judge. */
export function said(
  check: RegisteredCheck,
  changes: Changes = {},
): Finding & { readonly judgement: Judgement | null } {
  const [first] = runChecks([check], bagWith(changes));
  return { ...first!.finding, judgement: first!.judgement };
}
