import { randomBytes } from 'node:crypto';
import type { Rule } from './rbac.ts';

export interface User {
  /** What kubeconfig() is asked for. */
  readonly id: string;
  /** What messages and the audit log call them. */
  readonly name: string;
  readonly token: string;
  readonly rules: readonly Rule[];
}

const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];
const look = ['get', 'list', 'watch'];

const reads: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: ['pods', 'nodes', 'namespaces', 'services', 'endpoints', 'events', 'serviceaccounts'],
    verbs: look,
  },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], verbs: look },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: look },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: look },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: look },
  { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: ['get', 'list'] },
  { apiGroups: calicoGroups, resources: ['*'], verbs: look },
  { apiGroups: ['policy.networking.k8s.io'], resources: ['*'], verbs: look },
];

// Calico's own API server asks for the policies of each tier apart.
const policies = ['networkpolicies', 'globalnetworkpolicies', 'clusternetworkpolicies', 'tier.networkpolicies'];
const policyGroups = ['networking.k8s.io', 'projectcalico.org', 'policy.networking.k8s.io'];

const roles: Readonly<Record<string, readonly Rule[]>> = {
  admin: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  prober: [
    ...reads,
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
  ],
  writer: [...reads, { apiGroups: policyGroups, resources: policies, verbs: ['create', 'patch', 'delete'] }],
  reaper: [{ apiGroups: policyGroups, resources: policies, verbs: ['get', 'list', 'delete'] }],
  reader: reads,
  nobody: [],
};

const nameOf = (id: string) =>
  id === 'admin' ? 'kubernetes-admin' : `system:serviceaccount:ipv6check:ipv6check-${id}`;

/** The lab's people and service accounts, with fresh tokens; `overrides` replaces or adds whole roles. */
export function makeUsers(overrides: Readonly<Record<string, readonly Rule[]>> = {}): readonly User[] {
  return Object.entries({ ...roles, ...overrides }).map(([id, rules]) => ({
    id,
    name: nameOf(id),
    token: randomBytes(24).toString('base64url'),
    rules,
  }));
}

export function userOfHeader(users: readonly User[], authorization: string | undefined): User | undefined {
  const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
  return token === undefined ? undefined : users.find((user) => user.token === token);
}

export function kubeconfigText(user: User, url: string, ca: string): string {
  const data = Buffer.from(ca).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster: {server: "${url}", certificate-authority-data: ${data}}
users:
- name: ${user.id}
  user: {token: "${user.token}"}
contexts:
- name: lab
  context: {cluster: lab, user: ${user.id}}
current-context: lab
`;
}
