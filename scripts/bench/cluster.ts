import type { Calico, PodObject, Policies, StoredObject } from '../../src/evidence/objects.ts';
import { dice } from './measure.ts';

export interface Cluster {
  readonly pods: readonly PodObject[];
  readonly policies: Policies;
  readonly calico: Calico;
}

const apps = ['web', 'api', 'worker', 'db', 'cache', 'queue', 'mail', 'search'];

/** A cluster as large ones are: namespaces of some 25 pods, policies of every API, most of them about one app. */
export function clusterOf({ policies, pods }: { readonly policies: number; readonly pods: number }): Cluster {
  const roll = dice(1);
  const namespaces = Array.from({ length: Math.max(1, Math.ceil(pods / 25)) }, (_, index) => `team-${index}`);
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]) => from[roll(from.length)] as T; // never empty here
  return {
    pods: Array.from({ length: pods }, (_, index) => pod(index, pick(namespaces), pick(apps))),
    policies: {
      objects: [
        ...tiers,
        ...Array.from({ length: policies }, (_, index) => policy(index, pick(namespaces), pick(apps), roll)),
      ],
      namespaces: namespaces.map((name) => object('v1', 'Namespace', { name, labels: { team: name } })),
      serviceAccounts: namespaces.map((namespace) => object('v1', 'ServiceAccount', { name: 'default', namespace })),
      unread: [],
      notUnderstood: [],
    },
    calico: {
      flavour: 'v3-aggregated',
      version: 'v3.31.2',
      ipPools: [ipPool('ipv4', '10.244.0.0/16'), ipPool('ipv6', 'fd00:10:244::/48')],
      felix: {},
    },
  };
}

function object(apiVersion: string, kind: string, metadata: StoredObject['metadata'], spec = {}): StoredObject {
  return { apiVersion, kind, metadata, spec };
}

const calicoGroup = 'projectcalico.org/v3';
const tiers = [
  object(calicoGroup, 'Tier', { name: 'security' }, { order: 100, defaultAction: 'Pass' }),
  object(calicoGroup, 'Tier', { name: 'default' }, { order: 1_000_000, defaultAction: 'Deny' }),
];

function ipPool(name: string, cidr: string): Calico['ipPools'][number] {
  return { name, cidr, natOutgoing: true, isDisabled: false, ipipMode: 'Never', vxlanMode: 'Always' };
}

function pod(index: number, namespace: string, app: string): PodObject {
  const low = (index + 1).toString(16);
  return {
    ...{ namespace, name: `${app}-${index}`, uid: `00000000-0000-4000-8000-${low.padStart(12, '0')}` },
    ...{ labels: { app, tier: index % 3 === 0 ? 'front' : 'back' }, annotations: {} },
    ...{ nodeName: `node-${index % 100}`, serviceAccount: 'default', isHostNetwork: false, isTerminating: false },
    phase: 'Running',
    podIPs: [`10.244.${(index >> 8) & 255}.${index & 255}`, `fd00:10:244::${low}`],
    createdAt: '2026-08-01T10:00:00Z',
    containers: [{ name: app, state: 'running', isRunning: true }],
    workload: { kind: 'Deployment', name: app, matchLabels: { app } },
  };
}

type Roll = (sides: number) => number;

/** Of ten policies six are Kubernetes', two Calico's of a namespace, one Calico's of the cluster and one an administrator's. */
function policy(index: number, namespace: string, app: string, roll: Roll): StoredObject {
  const name = `policy-${index}`;
  const slot = index % 10;
  // One in twenty lets its pods out to any address, so that not every pod gets the same answer.
  const isOpen = roll(20) === 0;
  const nets = [isOpen ? '::/0' : `2001:db8:${roll(65_536).toString(16)}::/48`, `10.${roll(256)}.0.0/16`];
  const port = isOpen ? 443 : 1 + roll(65_535);
  const order = roll(1_000);

  if (slot < 6) {
    const outside = { to: nets.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port }] };
    const inside = { to: [{ namespaceSelector: { matchLabels: { team: namespace } } }] };
    const spec = { podSelector: { matchLabels: { app } }, policyTypes: ['Egress'], egress: [outside, inside] };
    return object('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace }, spec);
  }
  if (slot === 9) {
    const subject = { pods: { namespaceSelector: { matchLabels: { team: namespace } }, podSelector: {} } };
    const spec = { tier: 'Admin', priority: order, subject, egress: [{ action: 'Accept', to: [{ networks: nets }] }] };
    return object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', { name }, spec);
  }
  const selector = `app == '${app}'`;
  const egress = [{ action: 'Allow', protocol: 'TCP', destination: { nets, ports: [port] } }];
  const spec = { types: ['Egress'], order, selector, egress };
  if (slot < 8) return object(calicoGroup, 'NetworkPolicy', { name, namespace }, spec);
  const here = `${selector} && projectcalico.org/namespace == '${namespace}'`;
  const whole = { ...spec, tier: 'security', selector: here };
  return object(calicoGroup, 'GlobalNetworkPolicy', { name: `security.${name}` }, whole);
}
