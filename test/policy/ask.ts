import { type Cluster, clusterOf } from '../../src/policy/cluster.ts';
import type { PolicyVerdict } from '../../src/policy/model.ts';
import { objectsInText } from '../../workers/cli/policy/documents.ts';
import { answerTo, askedIn } from '../../workers/cli/policy/query.ts';

/** A cluster as YAML says it. */
export const clusterFrom = (yaml: string, version: string | null = null): Cluster =>
  clusterOf(objectsInText(yaml, 'test.yaml'), version);

export interface Question {
  readonly from?: string;
  readonly to: string;
  readonly port?: number | null;
  readonly protocol?: string;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

/** The engine's answer, from pod shop/web unless another is named, TCP to port 443 unless something else is. */
export function ask(
  cluster: Cluster,
  { from = 'shop/web', port = 443, protocol = 'TCP', ...more }: Question,
): PolicyVerdict {
  const asked = askedIn({ from, protocol, port: /icmp/i.test(protocol) ? null : port, ...more });
  if (typeof asked === 'string') throw new Error(asked);
  return answerTo(cluster, asked);
}

/** Two namespaces, of teams web and data, with two pods each that have addresses of both families. */
export const world = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: web, kubernetes.io/metadata.name: shop}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: data, labels: {team: data, kubernetes.io/metadata.name: data}}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: data}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: store, namespace: data, labels: {role: store}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web, version: "1"}}
spec: {nodeName: n1}
status: {podIPs: [{ip: 10.244.1.1}, {ip: "fd00:10:244::1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {nodeName: n1, containers: [{ports: [{name: api, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}
status: {podIPs: [{ip: 10.244.1.2}, {ip: "fd00:10:244::2"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {nodeName: n2, serviceAccountName: store, containers: [{ports: [{name: pg, containerPort: 5432}]}]}
status: {podIPs: [{ip: 10.244.2.1}, {ip: "fd00:10:244:2::1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: data, labels: {app: old}}
spec: {nodeName: n2}
status: {podIPs: [{ip: 10.244.2.2}]}
---
`;
export const [web, cart, db, outside] = ['fd00:10:244::1', 'fd00:10:244::2', 'fd00:10:244:2::1', '2001:db8::1'];
