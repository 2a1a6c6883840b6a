import type { KubeObject } from '../contract.ts';
import { object } from './object.ts';
import type { NodePlan, Plan } from './plan.ts';
import { podObject } from './pod-objects.ts';

const v3 = 'projectcalico.org/v3';

function namespaceObject(name: string): KubeObject {
  const labels = { 'kubernetes.io/metadata.name': name };
  return object('v1', 'Namespace', { name, labels }, { status: { phase: 'Active' } });
}

const hasIPv4 = ({ shape }: Plan) => shape.family === 'dual';

function nodeObject(plan: Plan, node: NodePlan): KubeObject {
  const { name, ipv4, ipv6, vxlan6, block4, block6 } = node;
  const four = <T>(...items: readonly T[]): readonly T[] => (hasIPv4(plan) ? items : []);
  return object(
    'v1',
    'Node',
    {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      annotations: {
        ...(hasIPv4(plan) ? { 'projectcalico.org/IPv4Address': `${ipv4}/24` } : {}),
        'projectcalico.org/IPv6Address': `${ipv6}/64`,
        ...(plan.shape.routing === 'vxlan' ? { 'projectcalico.org/IPv6VXLANTunnelAddr': vxlan6 } : {}),
      },
    },
    {
      spec: { podCIDRs: [...four(block4), block6] },
      status: {
        addresses: [
          ...four({ type: 'InternalIP', address: ipv4 }),
          { type: 'InternalIP', address: ipv6 },
          { type: 'Hostname', address: name },
        ],
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
        nodeInfo: { containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: 'v1.36.2', kernelVersion: '6.12.0' },
      },
    },
  );
}

function pool(plan: Plan, family: 4 | 6): KubeObject {
  const spec = {
    cidr: family === 6 ? plan.pool6 : plan.pool4,
    natOutgoing: family === 4 || plan.shape.addressing === 'ula',
    ipipMode: 'Never',
    vxlanMode: plan.shape.routing === 'vxlan' ? 'Always' : 'Never',
    blockSize: family === 6 ? 122 : 26,
    nodeSelector: 'all()',
  };
  return object(v3, 'IPPool', { name: `default-ipv${family}-ippool` }, { spec });
}

/** As the operator writes it for a cluster of this kind. */
function calicoEnvironment(plan: Plan): { name: string; value: string }[] {
  return [
    ['CLUSTER_TYPE', 'k8s,operator,bgp'],
    ['CALICO_NETWORKING_BACKEND', plan.shape.routing],
    ['IP', hasIPv4(plan) ? 'autodetect' : 'none'],
    ['IP6', 'autodetect'],
    ['IP6_AUTODETECTION_METHOD', 'first-found'],
    ['FELIX_IPV6SUPPORT', 'true'],
    ['FELIX_DEFAULTENDPOINTTOHOSTACTION', 'ACCEPT'],
  ].map(([name = '', value = '']) => ({ name, value }));
}

function calicoNodes(plan: Plan): KubeObject[] {
  const uid = plan.random.uid();
  const labels = { 'k8s-app': 'calico-node' };
  const image = 'quay.io/calico/node:v3.32.1';
  const container = { name: 'calico-node', image, env: calicoEnvironment(plan) };
  const template = { metadata: { labels }, spec: { hostNetwork: true, containers: [container] } };
  return [
    object(
      'apps/v1',
      'DaemonSet',
      { namespace: 'calico-system', name: 'calico-node', uid, labels },
      { spec: { selector: { matchLabels: labels }, template } },
    ),
    ...plan.nodes.map((node) =>
      podObject(
        {
          namespace: 'calico-system',
          name: node.calicoNodePod,
          uid: plan.random.uid(),
          node,
          containers: [{ name: 'calico-node', image: 'calico-node' }],
        },
        {
          hostNetwork: true,
          ips: hasIPv4(plan) ? [node.ipv4, node.ipv6] : [node.ipv6],
          labels,
          owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node', uid },
        },
      ),
    ),
  ];
}

/** What the operator hands to Calico's CNI plugin. */
function cniConfiguration(plan: Plan): KubeObject {
  const ipam = { type: 'calico-ipam', assign_ipv4: String(hasIPv4(plan)), assign_ipv6: 'true' };
  const plugin = { type: 'calico', datastore_type: 'kubernetes', mtu: 0, ipam, policy: { type: 'k8s' } };
  const config = JSON.stringify({ name: 'k8s-pod-network', cniVersion: '0.3.1', plugins: [plugin] });
  return object('v1', 'ConfigMap', { namespace: 'calico-system', name: 'cni-config' }, { data: { config } });
}

function clusterDns({ dnsService, shape }: Plan): KubeObject {
  const clusterIPs = shape.family === 'dual' ? [dnsService.ipv4, dnsService.ipv6] : [dnsService.ipv6];
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 });
  return object(
    'v1',
    'Service',
    { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
    {
      spec: {
        clusterIP: clusterIPs[0],
        clusterIPs,
        selector: { app: 'coredns' },
        ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')],
        type: 'ClusterIP',
      },
    },
  );
}

export function clusterObjects(plan: Plan): KubeObject[] {
  const tier = (name: string, order: number, defaultAction: string) =>
    object(v3, 'Tier', { name }, { spec: { order, defaultAction } });
  const settings = {
    ipv6Support: true,
    bpfEnabled: false,
    ...(plan.shape.backend === 'nftables' ? { nftablesMode: 'Enabled' } : {}),
  };
  const version = { calicoVersion: 'v3.32.1', clusterType: 'k8s,operator', datastoreReady: true };
  return [
    ...['default', 'kube-system', 'calico-system', 'shop'].map(namespaceObject),
    ...['default', 'shop', 'kube-system', 'calico-system'].map((namespace) =>
      object('v1', 'ServiceAccount', { namespace, name: 'default' }),
    ),
    ...plan.nodes.map((node) => nodeObject(plan, node)),
    ...calicoNodes(plan),
    cniConfiguration(plan),
    clusterDns(plan),
    ...(hasIPv4(plan) ? [pool(plan, 4)] : []),
    pool(plan, 6),
    tier('kube-admin', 1_000, 'Pass'),
    tier('ipv6check', 999_000, 'Pass'),
    tier('default', 1_000_000, 'Deny'),
    tier('kube-baseline', 10_000_000, 'Pass'),
    object(v3, 'FelixConfiguration', { name: 'default' }, { spec: settings }),
    object(v3, 'ClusterInformation', { name: 'default' }, { spec: version }),
  ];
}
