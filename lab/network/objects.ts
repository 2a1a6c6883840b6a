import type { KubeObject } from '../contract.ts';
import { object } from './object.ts';
import type { Plan } from './plan.ts';
import { podObject } from './pod-objects.ts';

const v3 = 'projectcalico.org/v3';

function namespaceObject(name: string): KubeObject {
  return object(
    'v1',
    'Namespace',
    { name, labels: { 'kubernetes.io/metadata.name': name } },
    {
      status: { phase: 'Active' },
    },
  );
}

function nodeObject(plan: Plan): KubeObject {
  return object(
    'v1',
    'Node',
    {
      name: plan.nodeName,
      labels: { 'kubernetes.io/hostname': plan.nodeName, 'kubernetes.io/os': 'linux' },
      annotations: {
        'projectcalico.org/IPv4Address': `${plan.nodeIPv4}/24`,
        'projectcalico.org/IPv6Address': `${plan.nodeIPv6}/64`,
        'projectcalico.org/IPv6VXLANTunnelAddr': plan.vxlanIPv6,
      },
    },
    {
      spec: { podCIDRs: [plan.pool4, plan.block6] },
      status: {
        addresses: [
          { type: 'InternalIP', address: plan.nodeIPv4 },
          { type: 'InternalIP', address: plan.nodeIPv6 },
          { type: 'Hostname', address: plan.nodeName },
        ],
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
        nodeInfo: { containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: 'v1.36.2', kernelVersion: '6.12.0' },
      },
    },
  );
}

export function clusterObjects(plan: Plan, { natOutgoing6 }: { readonly natOutgoing6: boolean }): KubeObject[] {
  const calicoNode = {
    namespace: 'calico-system',
    name: plan.calicoNodePod,
    uid: plan.random.uid(),
    containers: [{ name: 'calico-node', image: 'calico-node' as const }],
  };
  const daemonSetUid = plan.random.uid();
  const labels = { 'k8s-app': 'calico-node' };
  const tier = (name: string, order: number, defaultAction: string) =>
    object(v3, 'Tier', { name }, { spec: { order, defaultAction } });
  return [
    ...['default', 'kube-system', 'calico-system', 'shop'].map(namespaceObject),
    ...['default', 'shop', 'calico-system'].map((namespace) =>
      object('v1', 'ServiceAccount', { namespace, name: 'default' }),
    ),
    nodeObject(plan),
    object(
      'apps/v1',
      'DaemonSet',
      { namespace: 'calico-system', name: 'calico-node', uid: daemonSetUid, labels },
      {
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
      },
    ),
    podObject(plan, calicoNode, {
      hostNetwork: true,
      ips: [plan.nodeIPv4, plan.nodeIPv6],
      labels,
      owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node', uid: daemonSetUid },
    }),
    object(
      v3,
      'IPPool',
      { name: 'default-ipv4-ippool' },
      {
        spec: {
          cidr: plan.pool4,
          natOutgoing: true,
          ipipMode: 'Never',
          vxlanMode: 'Always',
          blockSize: 26,
          nodeSelector: 'all()',
        },
      },
    ),
    object(
      v3,
      'IPPool',
      { name: 'default-ipv6-ippool' },
      {
        spec: {
          cidr: plan.pool6,
          natOutgoing: natOutgoing6,
          ipipMode: 'Never',
          vxlanMode: 'Always',
          blockSize: 122,
          nodeSelector: 'all()',
        },
      },
    ),
    tier('kube-admin', 1_000, 'Pass'),
    tier('ipv6check', 999_000, 'Pass'),
    tier('default', 1_000_000, 'Deny'),
    tier('kube-baseline', 10_000_000, 'Pass'),
    object(v3, 'FelixConfiguration', { name: 'default' }, { spec: { ipv6Support: true, bpfEnabled: false } }),
    object(
      v3,
      'ClusterInformation',
      { name: 'default' },
      {
        spec: { calicoVersion: 'v3.32.1', clusterType: 'k8s,operator', datastoreReady: true },
      },
    ),
  ];
}
