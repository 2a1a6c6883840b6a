import { parseAllDocuments } from 'yaml';
import { type PodObject, type Policies, StoredObject } from '../../src/evidence/objects.ts';

/** YAML documents as the prober would have read them. */
export function policiesOf(yaml: string, more: Partial<Policies> = {}): Policies {
  const objects = parseAllDocuments(yaml)
    .map((document) => document.toJS())
    .filter((each) => each !== null)
    .map((each) => StoredObject.parse(each));
  return { objects, namespaces: [], serviceAccounts: [], unread: [], notUnderstood: [], ...more };
}

export function podOf(more: Partial<PodObject> = {}): PodObject {
  const name = more.name ?? 'checkout-7d9f8c6b5-x2k4q';
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    labels: { app: 'checkout', 'pod-template-hash': '7d9f8c6b5' },
    annotations: {},
    nodeName: 'worker-1',
    serviceAccount: 'default',
    isHostNetwork: false,
    isTerminating: false,
    phase: 'Running',
    podIPs: ['10.244.1.5', 'fd00:10:244::5'],
    createdAt: '2026-01-12T08:00:00Z',
    containers: [{ name: 'app', state: 'running', isRunning: true }],
    workload: { kind: 'Deployment', name: 'checkout', matchLabels: { app: 'checkout' } },
    ...more,
  };
}
